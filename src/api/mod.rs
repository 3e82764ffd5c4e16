//! HTTP: a file per resource. Handlers only translate: they read, ask an actor or a read table, and write.

use std::sync::Arc;

use deadpool_postgres::Pool;
mod accounts;
mod admission;
mod agency;
mod area;
mod auth;
mod card_pages;
mod changes;
mod contacts;
pub mod coverage;
mod dead_letters;
mod desk;
mod document;
mod door;
mod drafts;
mod duty;
mod feed;
mod forces;
mod formations;
pub mod gazetteer;
mod guesses;
mod hazard_layers;
mod health;
mod incidents;
mod letters;
mod looks;
mod lookups;
mod map_symbols;
mod messages;
mod notices;
mod object_passports;
mod observed;
pub mod ogc;
mod once;
mod organisations;
mod paging;
mod positions;
mod probe;
mod problem;
mod reading;
mod response_plans;
pub mod rights;
pub mod roads;
mod route;
mod service_desks;
mod services;
mod situation_at;
mod sources;
mod tables;
mod territories;
mod tiles;
mod unit_register;
mod units;
mod warned;
mod zone_borders;
mod zones;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpRequest, HttpServer, web};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio::sync::watch;
use utoipa::openapi::Required;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_swagger_ui::SwaggerUi;

use document::Published;

pub use auth::{Sessions, digest, new_token};
pub use problem::Problem;

use crate::actors::agency_inbox::Direct;
use crate::actors::agency_links::AgencyLinks;
use crate::actors::lease::Tenures;
use crate::actors::looks::Looks;
use crate::actors::supervisor::Hub;
use crate::actors::switchboard::Switchboard;
use crate::bus::bounds::Displaced;
use crate::bus::connection::Broker;
use crate::config::Config;
use crate::console;
use crate::domain::said::said;
use crate::intake::spool::Spool;
use crate::telemetry;

/// The largest body that is read, bytes: a long message in Cyrillic with its answers, not a file.
const MAX_BODY: usize = 256 << 10;

/// What handlers need.
pub struct ApiState {
    /// The way to the actors.
    pub board: Switchboard,
    /// For reading.
    pub database: Pool,
    /// The broker's connection.
    pub broker: Broker,
    /// Whether database and broker answer, for health.
    pub probe: probe::Probe,
    /// The way in for agencies without the broker.
    pub direct: Arc<Direct>,
    /// By which way agencies are reached.
    pub links: AgencyLinks,
    /// Policies that lift the bound of agencies' queues, for health.
    pub displaced: watch::Receiver<Vec<Displaced>>,
    /// Leases, for health.
    pub tenures: watch::Receiver<Tenures>,
    /// Where messages wait while the database is down.
    pub spool: Spool,
    /// The record of looks at personal data.
    pub looks: Looks,
    /// Where the broker is managed, and its virtual host.
    pub management: (SecretString, String),
    /// Tokens lately seen.
    pub sessions: Sessions,
    /// Tiles lately made.
    pub tiles: tiles::Tiles,
    /// What collections of features cover, lately read.
    pub covers: ogc::Covers,
    /// Keys of requests under way.
    pub under_way: once::UnderWay,
    /// Figures.
    pub figures: PrometheusHandle,
    /// Whether this is a demonstration.
    pub demo: bool,
    /// Origins whose pages may read the map.
    pub cross_origins: Vec<String>,
}

/// The OpenAPI document.
#[derive(OpenApi)]
#[openapi(
    info(title = "hub112", description = "Coordination hub of a unified duty-dispatch 112 service", license(name = "Apache-2.0")),
    paths(
        auth::sign_in, auth::sign_out, auth::me,
        accounts::all, accounts::changes, accounts::keep, accounts::give_token, accounts::revoke_tokens,
        accounts::change_password, accounts::broker_account, looks::looks,
        drafts::all, drafts::keep, drafts::discard, territories::outlines,
        tiles::describe, tiles::style, tiles::of_layer, map_symbols::glyphs, map_symbols::sprite,
        messages::take, messages::by_id,
        incidents::all, incidents::card, card_pages::messages_between, card_pages::timeline, card_pages::deliveries,
        incidents::add_answers, incidents::decline_join, incidents::inform, incidents::set_category, incidents::set_subject, incidents::set_location, incidents::identify,
        incidents::set_consequences, incidents::set_scale, incidents::set_resonance, incidents::note,
        incidents::merge, incidents::split, incidents::link, incidents::unlink, incidents::close,
        incidents::reopen,
        forces::recommend, forces::request_forces, forces::cancel, forces::record_stage, forces::record_answer,
        units::all, units::register, units::remove, units::positions, positions::latest,
        unit_register::whole,
        duty::obligations, duty::catalogue, duty::cancel_obligation, duty::get_mode, duty::preview_mode,
        duty::set_mode, duty::get_settings, duty::put_settings, duty::zones, duty::draw_zone,
        duty::change_zone, duty::end_zone, zones::within, zones::propose_plume,
        zone_borders::from_file, zone_borders::within_border, zone_borders::widened,
        hazard_layers::all, hazard_layers::keep, hazard_layers::remove, hazard_layers::areas,
        hazard_layers::surroundings,
        object_passports::all, object_passports::one, object_passports::versions, object_passports::keep,
        object_passports::remove,
        formations::all, formations::register, formations::remove,
        notices::all, notices::take_note,
        organisations::all, organisations::register, organisations::remove, lookups::all, lookups::ask, lookups::answer,
        sources::all, sources::forwarded, contacts::all, desk::summaries, desk::neighbour_incidents, desk::warnings,
        tables::rule_editions,
        gazetteer::search, gazetteer::here,
        roads::closures, roads::close, roads::open, roads::routes,
        coverage::now, coverage::what_if,
        desk::shifts, desk::directives, desk::reports, desk::shift, desk::directive, desk::situation,
        desk::warning,
        tables::service_kinds, tables::categories, tables::category_guess, tables::emergency_types, tables::scales, tables::release_distances,
        response_plans::plans, response_plans::put_plans, response_plans::trial, response_plans::capabilities,
        dead_letters::dead_letters, dead_letters::resend, dead_letters::mend, dead_letters::settle,
        changes::changes,
        agency::report, letters::waiting, letters::acknowledge, letters::read,
        services::board, services::set_link,
        service_desks::all, service_desks::keep, service_desks::close,
        area::service_area, situation_at::situation_at,
        feed::feed, health::live, health::ready, health::metrics,
    ),
    modifiers(&Bearer, &KeyOfEveryPost, &Published),
    security(("bearer" = []))
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}

/// Every POST but the sign-in takes an `Idempotency-Key`.
struct KeyOfEveryPost;

impl Modify for KeyOfEveryPost {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let posts = document.paths.paths.iter_mut().filter(|(path, _)| !path.ends_with("/sign-in"));
        for post in posts.filter_map(|(_, item)| item.post.as_mut()) {
            let key = ParameterBuilder::new()
                .name("Idempotency-Key")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some(
                    "Names the request: repeated with the same key and body it has no second effect and gets the \
                     first answer; with another body it is refused (422). Kept for a week, per account.",
                ))
                .schema(Some(
                    ObjectBuilder::new()
                        .schema_type(Type::String)
                        .pattern(Some("^[!-~]+$"))
                        .min_length(Some(1))
                        .max_length(Some(once::LONGEST_KEY)),
                ))
                .build();
            post.parameters.get_or_insert_default().push(key.into());
        }
    }
}

/// The OpenAPI document of this program.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// Every route, the same for the server and the tests.
pub fn routes(config: &mut web::ServiceConfig) {
    let problem = |error: actix_web::Error, request: &HttpRequest| -> actix_web::Error {
        problem::of_extractor(&error, request).into()
    };
    config
        .app_data(web::PayloadConfig::new(MAX_BODY))
        .app_data(web::JsonConfig::default().limit(MAX_BODY).error_handler(move |e, r| problem(e.into(), r)))
        .app_data(web::QueryConfig::default().error_handler(move |e, r| problem(e.into(), r)))
        .app_data(web::PathConfig::default().error_handler(move |e, r| problem(e.into(), r)))
        .service(health::live)
        .service(health::ready)
        .service(health::metrics)
        .service(SwaggerUi::new("/docs/{_:.*}").url("/openapi.json", openapi()))
        .configure(ogc::routes)
        .service(
            web::scope(route::BASE)
                .wrap(from_fn(once::once))
                .wrap(from_fn(admission::admit))
                .service(auth::sign_in)
                .service(auth::sign_out)
                .service(auth::me)
                .service(accounts::all)
                .service(accounts::changes)
                .service(accounts::keep)
                .service(accounts::give_token)
                .service(accounts::revoke_tokens)
                .service(accounts::change_password)
                .service(accounts::broker_account)
                .service(drafts::all)
                .service(drafts::keep)
                .service(drafts::discard)
                .service(territories::outlines)
                .service(tiles::describe)
                .service(map_symbols::glyphs)
                .service(map_symbols::sprite)
                .service(tiles::style)
                .service(tiles::of_layer)
                .service(situation_at::situation_at)
                .service(messages::take)
                .service(messages::by_id)
                .service(incidents::all)
                .service(incidents::card)
                .service(card_pages::messages_between)
                .service(card_pages::timeline)
                .service(card_pages::deliveries)
                .service(incidents::add_answers)
                .service(incidents::decline_join)
                .service(incidents::inform)
                .service(incidents::set_category)
                .service(incidents::set_subject)
                .service(incidents::set_location)
                .service(incidents::identify)
                .service(incidents::set_consequences)
                .service(incidents::set_scale)
                .service(incidents::set_resonance)
                .service(incidents::note)
                .service(incidents::merge)
                .service(incidents::split)
                .service(incidents::link)
                .service(incidents::unlink)
                .service(incidents::close)
                .service(incidents::reopen)
                .service(forces::recommend)
                .service(forces::request_forces)
                .service(forces::cancel)
                .service(forces::record_stage)
                .service(forces::record_answer)
                .service(units::all)
                .service(units::register)
                .service(units::remove)
                .service(units::positions)
                .service(positions::latest)
                .service(unit_register::whole)
                .service(duty::obligations)
                .service(duty::catalogue)
                .service(duty::cancel_obligation)
                .service(duty::get_mode)
                .service(duty::preview_mode)
                .service(duty::set_mode)
                .service(duty::get_settings)
                .service(duty::put_settings)
                // Before the zone of an identity: the first resource whose path fits is asked.
                .service(zones::propose_plume)
                .service(zone_borders::from_file)
                .service(zone_borders::within_border)
                .service(zone_borders::widened)
                .service(duty::zones)
                .service(duty::draw_zone)
                .service(duty::change_zone)
                .service(duty::end_zone)
                .service(zones::within)
                .service(hazard_layers::all)
                .service(hazard_layers::keep)
                .service(hazard_layers::remove)
                .service(hazard_layers::areas)
                .service(hazard_layers::surroundings)
                .service(object_passports::all)
                .service(object_passports::versions)
                .service(object_passports::one)
                .service(object_passports::keep)
                .service(object_passports::remove)
                .service(gazetteer::search)
                .service(gazetteer::here)
                .service(roads::closures)
                .service(roads::close)
                .service(roads::open)
                .service(roads::routes)
                .service(coverage::now)
                .service(coverage::what_if)
                .service(desk::shifts)
                .service(desk::directives)
                .service(desk::reports)
                .service(desk::summaries)
                .service(desk::neighbour_incidents)
                .service(desk::warnings)
                .service(sources::all)
                .service(sources::forwarded)
                .service(contacts::all)
                .service(formations::all)
                .service(formations::register)
                .service(formations::remove)
                .service(notices::all)
                .service(notices::take_note)
                .service(organisations::all)
                .service(organisations::register)
                .service(organisations::remove)
                .service(lookups::all)
                .service(lookups::ask)
                .service(lookups::answer)
                .service(tables::rule_editions)
                .service(desk::shift)
                .service(desk::directive)
                .service(desk::situation)
                .service(desk::warning)
                .service(tables::service_kinds)
                .service(tables::categories)
                .service(tables::category_guess)
                .service(tables::emergency_types)
                .service(tables::scales)
                .service(tables::release_distances)
                .service(response_plans::plans)
                .service(response_plans::put_plans)
                .service(response_plans::trial)
                .service(response_plans::capabilities)
                .service(looks::looks)
                .service(dead_letters::dead_letters)
                .service(dead_letters::resend)
                .service(dead_letters::mend)
                .service(dead_letters::settle)
                .service(changes::changes)
                .service(area::service_area)
                .service(agency::report)
                .service(letters::waiting)
                .service(letters::acknowledge)
                .service(letters::read)
                .service(services::board)
                .service(services::set_link)
                .service(service_desks::all)
                .service(service_desks::keep)
                .service(service_desks::close)
                .service(feed::feed),
        )
        .default_service(web::to(|request: HttpRequest| async move {
            Err::<&'static str, _>(
                Problem::new("not-found", said!("there is nothing at this address; check it"))
                    .for_request(&request),
            )
        }));
}

/// Opens the edge.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(config: &Config, hub: &Hub, spool: Spool) -> std::io::Result<Server> {
    let state = web::Data::new(ApiState {
        board: hub.board.clone(),
        database: hub.database.clone(),
        broker: hub.broker.clone(),
        probe: probe::Probe::new(hub.probed.clone(), hub.broker.clone()),
        direct: Arc::clone(&hub.direct),
        links: hub.links.clone(),
        displaced: hub.displaced.clone(),
        tenures: hub.tenures.clone(),
        spool,
        looks: Looks::start(hub.database.clone()),
        management: (config.broker.management_url.clone(), config.broker.vhost.clone()),
        sessions: Sessions::default(),
        tiles: tiles::Tiles::default(),
        covers: ogc::Covers::default(),
        under_way: once::UnderWay::default(),
        figures: telemetry::figures(),
        demo: config.demo,
        cross_origins: config.cross_origins.clone(),
    });
    let console = match console::find(&config.console) {
        Ok(directory) => {
            tracing::info!(directory = %directory.display(), "the console is served");
            Some(directory)
        }
        Err(reason) => {
            tracing::warn!("{reason}");
            None
        }
    };
    let server = HttpServer::new(move || {
        let app = App::new()
            .wrap(from_fn(observed::observed))
            .wrap(from_fn(reading::shared))
            .wrap(from_fn(reading::head_as_get))
            .app_data(state.clone())
            .configure(routes);
        app.configure(|config| {
            if let Some(directory) = &console {
                console::routes(config, directory);
            }
        })
    })
    .workers(2)
    .bind(config.listen)?;
    for address in server.addrs() {
        tracing::info!(%address, "HTTP is served");
    }
    Ok(server.shutdown_timeout(5).run())
}
