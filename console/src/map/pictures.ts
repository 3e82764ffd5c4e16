// Which picture stands for what: categories of incidents, units by what they go by, objects of the land. All are Maki's
// and Temaki's (CC0).
import accident from '@mapbox/maki/icons/road-accident.svg?raw';
import aeroplane from '@mapbox/maki/icons/airport.svg?raw';
import airfield from '@mapbox/maki/icons/airfield.svg?raw';
import animal from '@mapbox/maki/icons/veterinary.svg?raw';
import assembly from '@mapbox/maki/icons/theatre.svg?raw';
import bar from '@mapbox/maki/icons/bar.svg?raw';
import bolt from '@rapideditor/temaki/icons/power.svg?raw';
import building from '@mapbox/maki/icons/building.svg?raw';
import bus from '@mapbox/maki/icons/bus.svg?raw';
import care from '@rapideditor/temaki/icons/social_facility.svg?raw';
import chimney from '@rapideditor/temaki/icons/chimney.svg?raw';
import college from '@mapbox/maki/icons/college.svg?raw';
import crane from '@rapideditor/temaki/icons/crane.svg?raw';
import cross from '@mapbox/maki/icons/hospital.svg?raw';
import dagger from '@rapideditor/temaki/icons/dagger.svg?raw';
import danger from '@mapbox/maki/icons/danger.svg?raw';
import doctor from '@mapbox/maki/icons/doctor.svg?raw';
import drum from '@rapideditor/temaki/icons/storage_drum.svg?raw';
import flame from '@mapbox/maki/icons/fire-station.svg?raw';
import fuel from '@mapbox/maki/icons/fuel.svg?raw';
import gas from '@rapideditor/temaki/icons/gas.svg?raw';
import hand from '@rapideditor/temaki/icons/hand.svg?raw';
import heart from '@mapbox/maki/icons/heart.svg?raw';
import heavy from '@rapideditor/temaki/icons/bulldozer.svg?raw';
import helicopter from '@mapbox/maki/icons/heliport.svg?raw';
import hydrant from '@rapideditor/temaki/icons/fire_hydrant.svg?raw';
import industry from '@mapbox/maki/icons/industry.svg?raw';
import information from '@mapbox/maki/icons/information.svg?raw';
import kindergarten from '@mapbox/maki/icons/playground.svg?raw';
import lift from '@mapbox/maki/icons/elevator.svg?raw';
import lock from '@rapideditor/temaki/icons/lock.svg?raw';
import milestone from '@rapideditor/temaki/icons/milestone.svg?raw';
import money from '@rapideditor/temaki/icons/money_hand.svg?raw';
import mountain from '@mapbox/maki/icons/mountain.svg?raw';
import pedestrian from '@rapideditor/temaki/icons/pedestrian.svg?raw';
import pipes from '@rapideditor/temaki/icons/plumber.svg?raw';
import police from '@mapbox/maki/icons/police.svg?raw';
import officer from '@rapideditor/temaki/icons/police_officer.svg?raw';
import prison from '@mapbox/maki/icons/prison.svg?raw';
import radiation from '@rapideditor/temaki/icons/radiation.svg?raw';
import rocks from '@rapideditor/temaki/icons/cliff_falling_rocks.svg?raw';
import ruins from '@rapideditor/temaki/icons/ruins.svg?raw';
import sail from '@rapideditor/temaki/icons/boat.svg?raw';
import school from '@mapbox/maki/icons/school.svg?raw';
import search from '@rapideditor/temaki/icons/binoculars.svg?raw';
import shield from '@rapideditor/temaki/icons/shield.svg?raw';
import snow from '@rapideditor/temaki/icons/snow.svg?raw';
import star from '@mapbox/maki/icons/star.svg?raw';
import suitcase from '@mapbox/maki/icons/suitcase.svg?raw';
import swimming from '@mapbox/maki/icons/swimming.svg?raw';
import telephone from '@mapbox/maki/icons/telephone.svg?raw';
import tools from '@rapideditor/temaki/icons/tools.svg?raw';
import tower from '@rapideditor/temaki/icons/tower_communication.svg?raw';
import train from '@mapbox/maki/icons/rail.svg?raw';
import tree from '@rapideditor/temaki/icons/tree_needleleaved.svg?raw';
import volcano from '@mapbox/maki/icons/volcano.svg?raw';
import waste from '@mapbox/maki/icons/waste-basket.svg?raw';
import water from '@mapbox/maki/icons/water.svg?raw';
import wind from '@rapideditor/temaki/icons/windsock.svg?raw';
import car from '@mapbox/maki/icons/car.svg?raw';

/** By category; one that is not here, made by a region itself, has the common sign of danger. */
const OF_CATEGORY: Record<string, string> = {
  silent_call: telephone, abandoned_call: telephone, sos_signal: telephone, unclear: information, not_ours: information,
  building_fire: flame, vehicle_fire: car, grass_fire: flame, forest_fire: tree, rubbish_fire: waste, smoke: chimney, explosion: volcano,
  gas_smell: gas, carbon_monoxide: gas, person_trapped: hand, building_collapse: ruins, earthquake: ruins,
  drowning: swimming, ice_rescue: snow, missing_person: search, mountain_rescue: mountain, avalanche: snow, blizzard_stranded: snow,
  road_accident: accident, road_accident_injured: accident, pedestrian_hit: pedestrian, train_accident: train, aircraft_accident: aeroplane,
  cardiac_arrest: heart, chest_pain: heart, stroke: cross, unconscious: cross, breathing_trouble: cross, bleeding: cross, childbirth: cross, seizure: cross,
  fall_injury: cross, poisoning: cross, burns: cross, fever_child: cross, abdominal_pain: cross, illness: cross, infectious_disease: cross,
  suicide_threat: hand, assault: officer, domestic_violence: officer, brawl: officer, disorder: officer, hostage: officer, armed_person: dagger, shooting: dagger,
  burglary: lock, robbery: money, drunk_person: bar, bomb_threat: suitcase, suspicious_object: suitcase,
  flood: water, mudflow: rocks, landslide: rocks, storm_damage: wind, water_leak: water,
  chemical_release: drum, mercury_spill: drum, radiation, power_outage: bolt, live_wire: bolt, heating_failure: pipes, lift_trapped: lift, telecom_failure: tower, animal,
};

export const ofCategory = (code: string): string => OF_CATEGORY[code] ?? danger;

/** Pictures of units: each is a column of the sheet that the graphics card draws from. */
const OF_UNIT = {
  fire_engine: flame,
  ladder: crane,
  rescue_vehicle: tools,
  heavy_vehicle: heavy,
  command_vehicle: star,
  ambulance: cross,
  intensive_care_ambulance: heart,
  patrol_car: police,
  investigators: officer,
  security_team: shield,
  utility_vehicle: pipes,
  telecom_vehicle: tower,
  helicopter,
  aeroplane,
  boat: sail,
  on_foot: pedestrian,
  other: danger,
};

export type UnitPicture = keyof typeof OF_UNIT;
export const UNIT_PICTURES = Object.keys(OF_UNIT) as UnitPicture[];
export const ofUnitPicture = (name: UnitPicture): string => OF_UNIT[name];

/** A unit's picture: by what it goes by, and where several services go by the same, by its service. */
export function unitPicture(service: string, kind: string): UnitPicture {
  if (kind === 'repair_vehicle') return service === 'telecom' ? 'telecom_vehicle' : 'utility_vehicle';
  if (kind === 'team_van') return service === 'police' ? 'investigators' : 'security_team';
  return kind in OF_UNIT ? (kind as UnitPicture) : 'other';
}

const OF_OBJECT: Record<string, string> = {
  hospital: cross, clinic: doctor, ambulance_station: heart, fire_station: flame, police, helipad: helicopter, airfield,
  school, kindergarten, college, social_facility: care, prison, assembly, transport_station: bus,
  hydrant, water_source: water, fuel, industrial: industry, hazardous: drum, power: bolt, kilometre_post: milestone,
};

export const ofObject = (kind: string): string => OF_OBJECT[kind] ?? building;
