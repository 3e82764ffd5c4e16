// Short names for the types of the interface's document. Nothing is written by hand here: schema.d.ts is made from
// ../openapi by `npm run types`.
import type { Readable } from 'openapi-typescript-helpers';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Paths = paths;

/** A schema as it comes in an answer. */
type Shown<Name extends keyof Schemas> = Readable<Schemas[Name]>;

export type Incident = Shown<'Incident'>;
export type IncidentStatus = Shown<'IncidentStatus'>;
export type Severity = Shown<'Severity'>;
export type Category = Shown<'Category'>;
export type CategoryVersion = Shown<'CategoryVersion'>;
export type LocationVersion = Shown<'LocationVersion'>;
export type Message = Shown<'Message'>;
export type MessageBrief = Shown<'MessageBrief'>;
export type Happened = Shown<'Happened'>;
export type Reached = Shown<'Reached'>;
export type Unit = Shown<'UnitSeen'>;
export type UnitStatus = Shown<'UnitStatus'>;
export type ServiceKind = Shown<'ServiceKind'>;
export type ServiceDesk = Shown<'ServiceDesk'>;
export type Obligation = Shown<'Obligation'>;
export type ObligationPreview = Shown<'ObligationPreview'>;
export type CatalogueRow = Shown<'CatalogueRow'>;
export type Mode = Shown<'Mode'>;
export type ModeState = Shown<'ModeState'>;
export type ModePeriod = Shown<'ModePeriod'>;
export type ForcesRequest = Shown<'ForcesRequest'>;
export type Recommended = Shown<'Recommended'>;
export type Pick = Shown<'Pick'>;
export type Shift = Shown<'Shift'>;
export type Directive = Shown<'Directive'>;
export type Report = Shown<'Report'>;
export type ZoneRecord = Shown<'ZoneRecord'>;
export type Warning = Shown<'WarningView'>;
export type Forwarding = Shown<'ForwardedView'>;
export type Lookup = Shown<'Lookup'>;
export type Formation = Shown<'Formation'>;
export type KeptOrganisation = Shown<'KeptOrganisation'>;
export type Notice = Shown<'Notice'>;
export type NeighbourCard = Shown<'NeighbourCard'>;
export type Summary = Shown<'Summary'>;
export type Source = Shown<'SourceView'>;
export type Names = Shown<'Names'>;
export type Point = Shown<'Point'>;
export type Me = Shown<'Me'>;
export type ServiceArea = Shown<'ServiceArea'>;
export type ServiceView = Shown<'ServiceView'>;
export type RegionSettings = Shown<'RegionSettings'>;
export type SignedIn = Shown<'SignedIn'>;
export type By = Shown<'By'>;
export type Scale = Shown<'Scale'>;
export type FoundPlace = Shown<'FoundPlace'>;

export type Role = 'duty_officer' | 'agency' | 'manager' | 'administrator';
export type Language = 'kk' | 'ru' | 'en';
