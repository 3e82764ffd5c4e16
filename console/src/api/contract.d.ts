// Made by npm run types:contract from the AsyncAPI document: not to be changed by hand.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description An office that may order a warning.
         * @enum {string}
         */
        Authority: "head_of_organisation" | "organisation_dispatcher" | "akim" | "commandant" | "head_of_territorial_body" | "head_of_authorised_body" | "prime_minister";
        /** @description What a unit can do (`pump`, `ladder`, `resuscitation`). */
        Capability: string;
        /** @description An incident category, a code of the category table (`building_fire`). */
        CategoryCode: string;
        /**
         * @description What is threatened: the one ground of c.6(4).
         * @enum {string}
         */
        Danger: "life" | "health" | "life_and_health";
        /**
         * Format: uuid
         * @description A directive of the leadership (c.6(6)).
         */
        DirectiveId: string;
        /**
         * Format: uuid
         * @description One message to one or more agencies, the same through every repetition (the envelope's distribution id).
         */
        DistributionId: string;
        /** @description A district by its nine-digit KATO code. */
        DistrictCode: string;
        /** @description Everything about a message but what it says. */
        Head: {
            /**
             * @description The version of the contract that the message keeps.
             * @example 1.0
             */
            contract: string;
            /** @description One message, the same through every repetition: what a receiver deduplicates by (with the sender). */
            distribution_id: components["schemas"]["DistributionId"];
            /**
             * Format: date-time
             * @description After this moment the message is of no use and is not to be acted on.
             */
            expires_at?: string | null;
            incident?: components["schemas"]["IncidentId"] | null;
            /** @description What the message does. */
            kind: components["schemas"]["contract.Kind"];
            /** @description Who is addressed; 1 to 64. */
            recipients: components["schemas"]["Recipient"][];
            references?: components["schemas"]["DistributionId"] | null;
            /** @description Who sends. On AMQP it must be the party of the broker account that publishes. */
            sender: components["schemas"]["Party"];
            /**
             * Format: date-time
             * @description When the sender made the message.
             */
            sent_at: string;
            /** @description Actual, exercise or test. */
            status: components["schemas"]["contract.Status"];
            /**
             * @description W3C trace context (`traceparent`), so that one trace runs through hub, broker and agency. One that is none is
             *     passed over, as the standard says.
             * @example 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
             */
            trace?: string | null;
        };
        /**
         * Format: uuid
         * @description An incident card.
         */
        IncidentId: string;
        /** @description An incident as the hub knows it now: the whole picture, not a difference. */
        IncidentNotice: {
            /**
             * Format: int32
             * @description People known to be affected.
             */
            affected?: number | null;
            /** @description So many at least: nobody has stated how many in all, they are the dead and the injured known. Since 1.4. */
            affected_at_least?: boolean;
            caller?: components["schemas"]["contract.Caller"] | null;
            category?: components["schemas"]["CategoryCode"] | null;
            category_names?: components["schemas"]["Names"] | null;
            /** @description Dangers for crews: gas, explosives, a violent person, water depth. */
            dangers?: string[];
            /** @description Whether it is identified as an emergency (ЧС) and not only an event (112-R c.5(3)¶1). */
            emergency: boolean;
            merged_into?: components["schemas"]["IncidentId"] | null;
            /** @description The number by which officers speak of it. */
            number?: string | null;
            /** @description Where. */
            place: components["schemas"]["contract.Place"];
            /** @description Why it was closed or withdrawn. */
            reason?: string | null;
            /**
             * Format: date-time
             * @description When the hub first heard of it.
             */
            reported_at: string;
            scale?: components["schemas"]["Scale"] | null;
            /** @description It is at least of that scale: figures are not known yet that could make it graver. Since 1.4. */
            scale_at_least?: boolean;
            /** @description Early, full, closed or withdrawn. */
            stage: components["schemas"]["NoticeStage"];
            /** @description What is known, in the words of the officer or the caller. */
            text: string;
        };
        /**
         * Format: double
         * @description A distance in metres, finite and not negative.
         */
        Metres: number;
        /** @description One name in Kazakh, Russian and English. */
        Names: {
            /** @description English. */
            en: string;
            /** @description Kazakh. */
            kk: string;
            /** @description Russian. */
            ru: string;
        };
        /**
         * Format: uuid
         * @description A notice to a person.
         */
        NoticeId: string;
        /**
         * @description How far an incident notice goes.
         * @enum {string}
         */
        NoticeStage: "early" | "full" | "closed" | "withdrawn";
        /** @description A duty-dispatch service of one region as sender or recipient: the EDXL-DE `SenderID`. */
        Party: {
            /** @description The region by the first two digits of its KATO code. */
            region: components["schemas"]["RegionCode"];
            /** @description The kind of service (112-R c.3); `hub` is the 112 directorate itself. */
            service: components["schemas"]["ServiceKey"];
        };
        /** @description A point in WGS 84 (EPSG:4326), degrees. */
        Point: {
            /**
             * Format: double
             * @description Latitude, degrees north.
             * @example 43.238
             */
            lat: number;
            /**
             * Format: double
             * @description Longitude, degrees east.
             * @example 76.945
             */
            lon: number;
        };
        /**
         * @description The four profiles of c.5(2)¶2 and c.5(3)¶2.
         * @enum {string}
         */
        Profile: "fire" | "law_enforcement" | "ambulance" | "emergency_repair";
        /** @description One addressee with its place in the order of an incident. */
        Recipient: {
            references?: components["schemas"]["DistributionId"] | null;
            /** @description The region of the addressee. */
            region: components["schemas"]["RegionCode"];
            /**
             * Format: int64
             * @description Counts the hub's sequenced messages about this incident to this addressee: 1, 2, 3 … without a gap, so that
             *     the addressee sees a loss, a repetition or an inversion itself: a lower number than the next one expected is
             *     a double, a higher one waits for those before it. Present exactly for the contents of [`is_sequenced`].
             */
            sequence?: number | null;
            /** @description The service addressed. */
            service: components["schemas"]["ServiceKey"];
        };
        /**
         * @description A first-level territory by the first two digits of its KATO code (71 Astana, 75 Almaty, …).
         * @example 75
         */
        RegionCode: string;
        /**
         * Format: uuid
         * @description A situation report or a monitoring report (c.5(2)).
         */
        ReportId: string;
        /**
         * Format: uuid
         * @description A forces request of either act of c.5(3)¶2–¶3.
         */
        RequestId: string;
        /**
         * @description Scale of an emergency, the smallest first (R175 c.13; LAW arts 5, 48, 50).
         * @enum {string}
         */
        Scale: "object" | "local" | "regional" | "global";
        /**
         * Format: int32
         * @description A length of time in whole seconds.
         */
        Seconds: number;
        /**
         * @description A duty-dispatch service within a region. The bare key of a kind (`ambulance`, `police`, `utilities`) is the main
         *     desk of that kind; a further desk has a word of its own after a hyphen (`utilities-gas`, `telecom-kcell`). Which
         *     kinds exist is data, `domain/service_kinds.csv`; which further desks, each region registers.
         */
        ServiceKey: string;
        /**
         * Format: uuid
         * @description A duty officer's shift (c.5(1)¶1).
         */
        ShiftId: string;
        /** @description A unit, unique in the whole country: `75-ambulance-12`. */
        UnitId: string;
        /**
         * Format: uuid
         * @description An emergency zone or a zone of a possible emergency.
         */
        ZoneId: string;
        /** @description The hub took in a report of the agency; the head's `references` names the report. */
        "contract.Acknowledgement": {
            /** @description The officer who took it, where a person did. */
            by?: string | null;
            incident?: components["schemas"]["IncidentId"] | null;
            /**
             * Format: date-time
             * @description When it was durable at the hub.
             */
            received_at: string;
        };
        /**
         * @description The three acts by which forces are set in motion.
         * @enum {string}
         */
        "contract.Act": "first_wave" | "additional" | "order";
        /** @description What the agency does about the incident of the head. */
        "contract.ActionReport": {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What was done. */
            text: string;
            /** @description By which units. */
            units?: components["schemas"]["UnitId"][];
        };
        /** @description Who reported the incident. Told only to services that may see it. */
        "contract.Caller": {
            /** @description Name, where given. */
            name?: string | null;
            /** @description Number to call back, where there is one. */
            number?: string | null;
        };
        /** @description So many units that can do one thing. */
        "contract.CapabilityNeed": {
            /** @description What the unit must be able to do. */
            capability: components["schemas"]["Capability"];
            /**
             * Format: int32
             * @description How many such units.
             */
            count: number;
        };
        /** @description The composition that 112-R c.5(3)¶4 demands: people and equipment. */
        "contract.Composition": {
            /** @description Vehicles and equipment. */
            equipment?: components["schemas"]["contract.Equipment"][];
            /**
             * Format: int32
             * @description People.
             */
            people: number;
        };
        /**
         * @description How a duty officer is reached (112-R c.5(1)¶1): number, call sign, additional means. Travels both ways and is
         *     closed.
         */
        "contract.Contact": {
            /** @description Call sign, where the means has one. */
            call_sign?: string | null;
            /** @description The kind of means: `telephone`, `mobile`, `radio`, `satellite`, `messenger` or another word. */
            means: string;
            /** @description Whose: the desk or the officer on duty. */
            name: string;
            /** @description Number, frequency or address. */
            number: string;
        };
        /**
         * @description What the service decides about a forces request.
         * @enum {string}
         */
        "contract.Decision": "accept" | "change" | "refuse";
        /** @description An order of the leadership on urgent response measures. */
        "contract.Directive": {
            /** @description Who gave it: name and office. */
            author: string;
            /** @description The directive; every acknowledgement names it. */
            directive_id: components["schemas"]["DirectiveId"];
            /**
             * Format: date-time
             * @description When it is to be done by.
             */
            due?: string | null;
            /** @description The order. */
            text: string;
        };
        /** @description A directive received, read or done. */
        "contract.DirectiveAck": {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who says so; needed for read and done. */
            by?: string | null;
            /** @description The directive. */
            directive_id: components["schemas"]["DirectiveId"];
            /** @description How far. */
            stage: components["schemas"]["contract.DirectiveStage"];
        };
        /**
         * @description How far a directive got at its addressee.
         * @enum {string}
         */
        "contract.DirectiveStage": "received" | "read" | "done";
        /** @description An emergency that reached the agency first. */
        "contract.EmergencyReport": {
            /**
             * Format: int32
             * @description People known to be affected.
             */
            affected?: number | null;
            category?: components["schemas"]["CategoryCode"] | null;
            /** @description Where. */
            place: components["schemas"]["contract.Place"];
            /**
             * Format: date-time
             * @description When the agency itself received it: the clock of 112-R c.5(1)¶4 runs from here.
             */
            received_at: string;
            /** @description Who told the agency. */
            reporter?: string | null;
            /** @description What. */
            text: string;
        };
        /** @description So many of one thing. */
        "contract.Equipment": {
            /**
             * Format: int32
             * @description How many.
             */
            count: number;
            /** @description What. */
            name: string;
        };
        /** @description A refusal, in either direction. The head's `references` names the message refused, where its id was readable. */
        "contract.Error": {
            /** @description Why. */
            code: components["schemas"]["contract.ErrorCode"];
            /** @description The same for a person: which field, which value, what would be right. */
            detail: string;
            references?: components["schemas"]["DistributionId"] | null;
        };
        /**
         * @description Why a message was refused.
         * @enum {string}
         */
        "contract.ErrorCode": "malformed_envelope" | "malformed_content" | "unknown_content_type" | "kind_mismatch" | "unsupported_version" | "too_large" | "sender_mismatch" | "unknown_service" | "not_addressed" | "unknown_incident" | "unknown_request" | "unknown_unit" | "unknown_reference" | "not_addressed_to_sender" | "missing_reference" | "sequence_gap" | "out_of_order" | "status_mismatch" | "request_ended" | "duplicate" | "expired" | "place_outside_country" | "time_in_future" | "reason_required" | "not_permitted" | "conflict" | "unit_taken" | "unavailable";
        /** @description An answer to a forces request. Each datum may come in a message of its own; at least one must be there. */
        "contract.ForcesAnswer": {
            /**
             * Format: date-time
             * @description When the first unit will arrive or arrived in the zone.
             */
            arrival_at?: string | null;
            composition?: components["schemas"]["contract.Composition"] | null;
            decision?: components["schemas"]["contract.Decision"] | null;
            /**
             * Format: date-time
             * @description When the first unit departs or departed.
             */
            departure_at?: string | null;
            reason?: components["schemas"]["contract.Reason"] | null;
            /** @description The request answered. */
            request_id: components["schemas"]["RequestId"];
            /** @description The units that go. On acceptance, absent means those recommended. */
            units?: components["schemas"]["UnitId"][];
        };
        /** @description A request or order for forces. Answered by `forces_answer`: decision, composition, departure, arrival. */
        "contract.ForcesRequest": {
            /** @description Which act. */
            act: components["schemas"]["contract.Act"];
            /** @description What the units must be able to do. */
            capabilities?: components["schemas"]["contract.CapabilityNeed"][];
            /**
             * Format: int32
             * @description How many units in all.
             */
            count: number;
            /** @description Where to. */
            place: components["schemas"]["contract.Place"];
            profile?: components["schemas"]["Profile"] | null;
            /** @description The units that the hub recommends, best first. */
            recommended?: components["schemas"]["contract.RecommendedUnit"][];
            /**
             * Format: date-time
             * @description When the answer is late.
             */
            reply_due?: string | null;
            /** @description The request; every answer names it. */
            request_id: components["schemas"]["RequestId"];
            /** @description How soon. */
            urgency: components["schemas"]["contract.Urgency"];
            /** @description What is asked for, in words. */
            what: string;
        };
        /** @description One formation in a readiness report. Its composition counts with people, and units or equipment; people alone do not. */
        "contract.FormationReadiness": {
            /** @description Equipment. A composition that counts names units or equipment. */
            equipment?: components["schemas"]["contract.Equipment"][];
            /** @description Its name. */
            name: string;
            /**
             * Format: int32
             * @description People; at least one in a composition that counts.
             */
            people: number;
            place?: components["schemas"]["contract.Place"] | null;
            /** @description At what readiness. */
            readiness: components["schemas"]["contract.Readiness"];
            /** @description Its units. A composition that counts names units or equipment. */
            units?: components["schemas"]["UnitId"][];
        };
        /** @description The channel check at the opening of a shift and between. */
        "contract.Heartbeat": {
            /**
             * Format: uuid
             * @description The check; the reply names it.
             */
            check_id: string;
            /** @description The contacts that the hub holds for this service: to be confirmed or changed. */
            contacts?: components["schemas"]["contract.Contact"][];
            /**
             * Format: date-time
             * @description When the check counts as not reached.
             */
            reply_due?: string | null;
            shift?: components["schemas"]["ShiftId"] | null;
        };
        /** @description The answer to a channel check. */
        "contract.HeartbeatReply": {
            /**
             * Format: uuid
             * @description The check answered.
             */
            check_id: string;
            /** @description The contacts as they are now. `null` or absent: those that the hub holds are right. */
            contacts?: components["schemas"]["contract.Contact"][] | null;
            /** @description Who is on duty. */
            duty_officer?: string | null;
        };
        /**
         * @description What a message does: the EDXL-DE `DistributionKind`, those of its values that the hub uses.
         * @enum {string}
         */
        "contract.Kind": "report" | "update" | "cancel" | "request" | "response" | "ack" | "error";
        /** @description One measured value. */
        "contract.Measurement": {
            /** @description What was measured. */
            name: string;
            /** @description Its unit of measure. */
            unit: string;
            /**
             * Format: double
             * @description The number.
             */
            value: number;
        };
        /**
         * @description The kinds of situation of 112-R c.5(2)¶2.
         * @enum {string}
         */
        "contract.Nature": "radiation" | "chemical" | "biological" | "ecological" | "fire" | "other";
        /**
         * @description A notice to a person of what is late, or of a summary of the situation. A `read_ack` with the person's name is what it
         *     waits for. Since 1.2.
         */
        "contract.Notice": {
            /** @description The clause that obliges to it. */
            clause?: string | null;
            /**
             * Format: date-time
             * @description When it was due.
             */
            due?: string | null;
            incident?: components["schemas"]["IncidentId"] | null;
            /** @description The notice. */
            notice_id: components["schemas"]["NoticeId"];
            owed?: components["schemas"]["Names"] | null;
            /**
             * Format: date-time
             * @description Since when it is owed.
             */
            since?: string | null;
            /** @description The summary's words. */
            text?: string | null;
        };
        /** @description A polygon without holes as GeoJSON orders it, closed: rings of `[lon, lat]`. */
        "contract.Outline": number[][];
        /**
         * @description A place: a point with its uncertainty, an address, or both; what is not known is absent. It travels both ways and
         *     is closed: only a new major version adds to it.
         */
        "contract.Place": {
            /** @description The address as text. */
            address?: string | null;
            /** @description How to find or enter it. */
            directions?: string | null;
            district?: components["schemas"]["DistrictCode"] | null;
            point?: components["schemas"]["Point"] | null;
            uncertainty_m?: components["schemas"]["Metres"] | null;
        };
        /** @description Where units are. */
        "contract.Positions": {
            /** @description At most 1,000 a message. */
            positions: components["schemas"]["contract.UnitPosition"][];
        };
        /** @description A person has read the message that the head references. */
        "contract.ReadAck": {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who. */
            by: string;
        };
        /**
         * @description How ready a formation is.
         * @enum {string}
         */
        "contract.Readiness": "everyday" | "gathering" | "high";
        /** @description Formations brought to readiness on a threat. What is owed is met when each is at high readiness with its composition. */
        "contract.ReadinessReport": {
            /**
             * Format: date-time
             * @description As of when.
             */
            at: string;
            /** @description The formations; at least one. */
            formations: components["schemas"]["contract.FormationReadiness"][];
        };
        /** @description A reason with its code. */
        "contract.Reason": {
            /** @description For programs. */
            code: components["schemas"]["contract.ReasonCode"];
            /** @description For people. */
            text?: string;
        };
        /**
         * @description Why a service changes or refuses.
         * @enum {string}
         */
        "contract.ReasonCode": "none_free" | "none_fitting" | "better_unit" | "unreachable" | "not_competent" | "breakdown" | "other";
        /** @description A unit that the hub holds ready and would send. */
        "contract.RecommendedUnit": {
            distance_m?: components["schemas"]["Metres"] | null;
            eta_s?: components["schemas"]["Seconds"] | null;
            /** @description The unit. */
            unit_id: components["schemas"]["UnitId"];
        };
        /** @description A forces request no longer stands; units already sent turn back. */
        "contract.RequestCancelled": {
            /** @description Why. */
            reason: string;
            /** @description The request. */
            request_id: components["schemas"]["RequestId"];
            /** @description Only these units are let go; empty: all of the request. */
            units?: components["schemas"]["UnitId"][];
        };
        /** @description The situation, or a change of it, in a zone of a possible emergency. */
        "contract.Situation": {
            /** @description Measured values. Since 1.1. */
            measurements?: components["schemas"]["contract.Measurement"][];
            /** @description Radiation, chemical, biological, ecological, fire or other. */
            nature: components["schemas"]["contract.Nature"];
            /**
             * Format: date-time
             * @description When it was observed.
             */
            observed_at: string;
            outline?: components["schemas"]["contract.Outline"] | null;
            place?: components["schemas"]["contract.Place"] | null;
            /** @description The report that this passes on. */
            report_id: components["schemas"]["ReportId"];
            /** @description Who observed it. */
            source: string;
            /** @description What is known. */
            text: string;
        };
        /** @description A change in the sender's field. */
        "contract.SituationReport": {
            /** @description Measured values. */
            measurements?: components["schemas"]["contract.Measurement"][];
            /** @description Radiation, chemical, biological, ecological, fire or other. */
            nature: components["schemas"]["contract.Nature"];
            /**
             * Format: date-time
             * @description When it was observed.
             */
            observed_at: string;
            place?: components["schemas"]["contract.Place"] | null;
            /** @description What changed. */
            text: string;
        };
        /**
         * @description Whether a message is meant: the EDXL-DE `DistributionStatus`.
         * @enum {string}
         */
        "contract.Status": "actual" | "exercise" | "test";
        /** @description The agency's system has stored the message that the head references. */
        "contract.TechnicalAck": {
            /** @description Further messages that arrived with it: a busy system acknowledges many in one. */
            also?: components["schemas"]["DistributionId"][];
            /**
             * Format: date-time
             * @description When it arrived there.
             */
            received_at: string;
        };
        /** @description A threat of an emergency. With `readiness_due` the service owes a `readiness_report`; without, it is informed. */
        "contract.ThreatNotice": {
            /** @description The kind of threat. */
            nature: components["schemas"]["contract.Nature"];
            outline?: components["schemas"]["contract.Outline"] | null;
            /**
             * Format: date-time
             * @description When the readiness report is late. Absent for services that owe none (112-R c.3(5), c.3(8)).
             */
            readiness_due?: string | null;
            /** @description The report or summary that it rests on. */
            report_id: components["schemas"]["ReportId"];
            /** @description What is feared, where, when. */
            text: string;
        };
        /** @description Where one unit was. */
        "contract.UnitPosition": {
            accuracy_m?: components["schemas"]["Metres"] | null;
            /**
             * Format: date-time
             * @description When the fix was taken.
             */
            at: string;
            /**
             * Format: float
             * @description Course over ground, degrees from north.
             */
            course_deg?: number | null;
            /** @description The fix. */
            point: components["schemas"]["Point"];
            /**
             * Format: float
             * @description Speed over ground, km/h.
             */
            speed_kmh?: number | null;
            /** @description The unit, of the sender's own. */
            unit_id: components["schemas"]["UnitId"];
        };
        /** @description A status of a unit. */
        "contract.UnitStatus": {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Anything else. */
            note?: string | null;
            point?: components["schemas"]["Point"] | null;
            /** @description What happened. */
            status: components["schemas"]["contract.UnitStep"];
            /** @description The unit, of the sender's own. */
            unit_id: components["schemas"]["UnitId"];
        };
        /**
         * @description What happened to a unit.
         * @enum {string}
         */
        "contract.UnitStep": "departed" | "arrived" | "released" | "available" | "out_of_service";
        /**
         * @description How soon: the three grades of the rules.
         * @enum {string}
         */
        "contract.Urgency": "unstated" | "urgently" | "immediately";
        /**
         * @description A warning of the public as it stands: the whole picture, not a difference. The warning is known by the head's sender and
         *     its number; of two messages about one the higher version stands. Since 1.3.
         */
        "contract.Warning": {
            /** @description Where. */
            area: components["schemas"]["contract.WarningArea"];
            /** @description By whose decision. */
            basis: components["schemas"]["contract.WarningBasis"];
            category?: components["schemas"]["CategoryCode"] | null;
            category_names?: components["schemas"]["Names"] | null;
            /** @description What is threatened. */
            danger: components["schemas"]["Danger"];
            /**
             * Format: date-time
             * @description Since when people are warned.
             */
            from: string;
            /** @description On what that rests, in the words of the officer. */
            grounds: string;
            /** @description The number of the card that it is about. */
            incident_number?: string | null;
            /** @description It is for organisations. */
            organisations: boolean;
            /** @description It is for natural persons. */
            persons: boolean;
            /** @description Why it was changed or ended. */
            reason?: string | null;
            report_id?: components["schemas"]["ReportId"] | null;
            /** @description Issued, updated or ended. */
            stage: components["schemas"]["contract.WarningStage"];
            /** @description What the recipient is to do. */
            task: components["schemas"]["contract.WarningTask"];
            /** @description What is said to people. */
            texts: components["schemas"]["contract.WarningTexts"];
            /**
             * Format: date-time
             * @description Until when it is given out, where that was set: then it stops by itself, as by `expires` of CAP 1.2, and no message
             *     need follow. Of one that ended: when it did.
             */
            until?: string | null;
            /**
             * Format: int32
             * @description Grows by one with each message about it; every report names it.
             */
            version: number;
            /**
             * Format: int32
             * @description Its number in the sender's region; every report names it.
             */
            warning: number;
        };
        /** @description Where people are to be warned: everywhere that any of these names. */
        "contract.WarningArea": {
            /** @description Districts by their KATO codes. */
            districts?: components["schemas"]["DistrictCode"][];
            /** @description The whole region of the sender. */
            whole_region: boolean;
            zone?: components["schemas"]["contract.WarningZone"] | null;
        };
        /** @description By whose decision people are warned: on an order, or by the duty officer because it cannot wait. */
        "contract.WarningBasis": {
            /** @description With whom it was agreed. */
            agreed_with?: string | null;
            authority?: components["schemas"]["Authority"] | null;
            authority_names?: components["schemas"]["Names"] | null;
            /** @description The clauses that it rests on. */
            clause: string;
            /** @description Why the duty officer could not wait for an order (Order 945 c.21 ¶4). */
            could_not_wait?: string | null;
            /** @description Who holds it. */
            ordered_by?: string | null;
            /** @description Number and date of the order, or how it came. */
            reference?: string | null;
        };
        /**
         * @description The means of Order 945 c.24, (1) to (6).
         * @enum {string}
         */
        "contract.WarningChannel": "tv_radio" | "sms" | "cell_broadcast" | "mobile_app" | "sirens" | "terminals" | "internet";
        /**
         * @description Whether an operator gave the warning out.
         * @enum {string}
         */
        "contract.WarningOutcome": "transmitted" | "refused";
        /** @description Why a warning is not given out. */
        "contract.WarningRefusal": {
            /** @description For programs. */
            code: components["schemas"]["contract.WarningRefusalCode"];
            /** @description For people. */
            text?: string;
        };
        /**
         * @description Why an operator does not give a warning out.
         * @enum {string}
         */
        "contract.WarningRefusalCode": "no_coverage" | "breakdown" | "unfit_text" | "not_authorised" | "not_competent" | "other";
        /** @description What an operator did about a warning: one report for each channel, as it becomes known. Since 1.3. */
        "contract.WarningReport": {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            channel?: components["schemas"]["contract.WarningChannel"] | null;
            /** @description Transmitted or refused. */
            outcome: components["schemas"]["contract.WarningOutcome"];
            /**
             * Format: int32
             * @description How many people or devices it reached, where that is known.
             */
            reached?: number | null;
            reason?: components["schemas"]["contract.WarningRefusal"] | null;
            /**
             * Format: int32
             * @description The version that was given out or refused.
             */
            version: number;
            /**
             * Format: int32
             * @description The warning's number.
             */
            warning: number;
        };
        /**
         * @description What became of the warning.
         * @enum {string}
         */
        "contract.WarningStage": "issued" | "updated" | "ended";
        /**
         * @description What the recipient is to do about it.
         * @enum {string}
         */
        "contract.WarningTask": "transmit" | "rehearse" | "stop" | "inform";
        /**
         * @description The warning in its languages: Kazakh and Russian always (Order 945 c.26), English where it was written. In an exercise
         *     each begins with the word for it.
         */
        "contract.WarningTexts": {
            en?: components["schemas"]["contract.WarningWords"] | null;
            /** @description Kazakh. */
            kk: components["schemas"]["contract.WarningWords"];
            /** @description Russian. */
            ru: components["schemas"]["contract.WarningWords"];
        };
        /** @description A warning in one language. */
        "contract.WarningWords": {
            /** @description What happens or threatens. */
            event: string;
            /** @description What to do. */
            instruction: string;
        };
        /** @description A zone as it was when the warning was sent. */
        "contract.WarningZone": {
            /** @description Its name. */
            name: string;
            /** @description Its border. */
            outline: components["schemas"]["contract.Outline"];
            /** @description The zone. */
            zone_id: components["schemas"]["ZoneId"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
