-- The law in force at us/ny/new-york-city from 2010 to 2026, written by hand: for each of the eight actions the outcome, the norm
-- that decided and the facts that are missing, as Bailiwick gives them. {cases} is a Parquet file of cases; {offences} is a table
-- made beforehand, with a row for every citation that occurs (statute, violent_or_serious, not_covered, loitering, covered_case,
-- weapon; NULL where the law's list leaves it open).
--
-- Reading aid: NULL is unknown; "x IS NOT FALSE" is "may be so", "x IS TRUE" is "is so". Seven facts that the law asks for have no
-- column in the file and are unknown throughout: agency.criminal_purpose, person.criminal_warrant, person.gang_match,
-- person.several_open_cases, charges[].firearm, charges[].look_back_tolled, charges[].patronizing. "... OR one of them" is then
-- CASE WHEN ... THEN TRUE END, "... AND one of them" is CASE WHEN ... IS FALSE THEN FALSE END.
--
-- An answer about the record, nine bits of a word: 256 yes, others unknown, unless the record is unknown or may have more.
CREATE OR REPLACE TEMP MACRO answer(known, complete, bits) AS
    CASE WHEN NOT known THEN NULL WHEN bits & 256 <> 0 THEN TRUE WHEN bits & 255 <> 0 OR NOT complete THEN NULL ELSE FALSE END;
-- What is missing of the record: 256 all of it, 512 whether it is complete, and the facts of single charges.
CREATE OR REPLACE TEMP MACRO open_facts(known, complete, bits) AS
    CASE WHEN NOT known THEN 256 ELSE (bits & 255) | CASE WHEN complete THEN 0 ELSE 512 END END;
CREATE OR REPLACE TEMP MACRO record_facts(bits) AS CASE WHEN bits & 895 <> 0 THEN concat_ws(',',
    CASE WHEN bits & 256 <> 0 THEN 'charges' END,
    CASE WHEN bits & 1 <> 0 THEN 'charges[].convicted_on' END,
    CASE WHEN bits & 2 <> 0 THEN 'charges[].firearm' END,
    CASE WHEN bits & 4 <> 0 THEN 'charges[].grade' END,
    CASE WHEN bits & 8 <> 0 THEN 'charges[].look_back_tolled' END,
    CASE WHEN bits & 16 <> 0 THEN 'charges[].patronizing' END,
    CASE WHEN bits & 32 <> 0 THEN 'charges[].status' END,
    CASE WHEN bits & 64 <> 0 THEN 'charges[].statute' END,
    CASE WHEN bits & 512 <> 0 THEN 'charges_complete' END) END;
-- Columns of few words are enumerations.
CREATE TYPE outcome AS ENUM ('forbidden', 'required', 'allowed', 'unregulated', 'unknown');
CREATE TYPE norm_id AS ENUM (
    'courts/wells:administrative-warrant', 'courts/wells:hold', 'us:administrative-warrant/served-by', 'us:deserter/apprehend',
    'us:fugitive/governors-warrant', 'us:judicial-warrant/custody', 'us:notice-only-request/hold', 'us:removed-felon/hold',
    'us:subpoena/court-order', 'us/ny/new-york-city:10-178/administrative-warrant', 'us/ny/new-york-city:14-154/hold',
    'us/ny/new-york-city:14-154/notify', 'us/ny/new-york-city:14-154/transfer', 'us/ny/new-york-city:9-131/custody-information',
    'us/ny/new-york-city:9-131/honor', 'us/ny/new-york-city:9-131/transfer', 'us/ny/new-york-city:9-205/hold',
    'us/ny/new-york-city:9-205/transfer');
-- Outcomes that are possible (forbidden, required, allowed, unregulated) come to one, or to unknown.
CREATE OR REPLACE TEMP MACRO comes_to(f, r, a, u) AS
    CASE WHEN f THEN CASE WHEN r OR a OR u THEN 'unknown'::outcome ELSE 'forbidden'::outcome END
         WHEN r THEN CASE WHEN a OR u THEN 'unknown'::outcome ELSE 'required'::outcome END
         WHEN a THEN CASE WHEN u THEN 'unknown'::outcome ELSE 'allowed'::outcome END
         ELSE 'unregulated'::outcome END;

WITH asked AS MATERIALIZED (
    SELECT
        file_row_number AS row_number, id, place, "at", custodian, charges,
        CASE WHEN request.kind = 'immigration_detainer' AND request.form IN ('I-247N', 'I-247G')
             THEN 'release_notification_request' ELSE request.kind END AS kind,
        request.warrant AS warrant,
        request.basis AS basis,
        request.governors_warrant AS governors_warrant,
        person.arrested_on AS arrested_on,
        person.final_order AS final_order,
        person.watchlist_match AS watchlist,
        person.illegal_reentry AS reentry,
        person.removed_after_felony AS removed_felon,
        person.status_confirmed AS status_confirmed,
        agency.agreement_287g AS agreement,
        COALESCE(charges_complete, TRUE) AS complete,
        CAST(timezone('America/New_York', "at") AS DATE) AS day
    FROM read_parquet('{cases}', file_row_number = true)
),

-- ------------------------------------------------------------------------------------------------ the record, charge by charge
-- A look-back runs from the decision or from the arrest, whichever reaches further.
charge AS (
    SELECT row_number, day, arrested_on,
        c.status = 'convicted' AS convicted,
        c.status IN ('arrested', 'charged', 'held_to_answer') AS pending,
        c.grade = 'felony' AS felony,
        c.grade = 'misdemeanor' AS misdemeanor,
        c.convicted_on,
        c.convicted_on > look_back AS recent,
        o.violent_or_serious, o.not_covered, o.loitering, o.covered_case, o.weapon
    FROM (
        SELECT row_number, day, arrested_on, unnest(charges) AS c,
            CAST(LEAST(day, arrested_on) - CASE WHEN day >= DATE '2014-12-14' THEN INTERVAL 5 YEAR ELSE INTERVAL 10 YEAR END AS DATE)
                AS look_back
        FROM asked WHERE day >= DATE '2012-03-21'
    ) LEFT JOIN {offences} o ON o.statute = c.statute
),
limb AS (
    SELECT *,
        convicted AND felony AND violent_or_serious AS listed,
        NOT not_covered AND CASE WHEN loitering IS FALSE THEN TRUE END AS covered,
        covered_case OR CASE WHEN weapon IS FALSE THEN FALSE END AS open_case,
        CASE WHEN recent THEN TRUE WHEN convicted_on IS NOT NULL AND arrested_on IS NOT NULL THEN FALSE END AS within_10,
        convicted AND (felony OR (misdemeanor AND covered AND within_10)) AS old_conviction,
        pending AND (felony OR (misdemeanor AND open_case)) AS old_case,
        pending AND misdemeanor AND covered AS open_misdemeanor,
        (convicted OR pending) AND (felony OR misdemeanor) AS any_case,
        32 * (convicted IS NULL)::INTEGER | 4 * (felony IS NULL)::INTEGER AS unread,
        16 * (loitering IS NOT FALSE)::INTEGER | 64 * (not_covered IS NULL OR loitering IS NULL)::INTEGER AS covered_unread
    FROM charge
),
-- One word a charge, nine bits for each of two questions, those of the law of the day: 256 yes; otherwise the facts that keep it
-- unknown, in the order 1 convicted_on, 2 firearm, 4 grade, 8 look_back_tolled, 16 patronizing, 32 status, 64 statute,
-- 128 person.arrested_on; 0 no.
word AS (
    SELECT row_number,
        CASE
            WHEN day >= DATE '2014-12-14' THEN CASE                                 -- listed within five years; listed ever
                WHEN listed IS FALSE THEN 0
                WHEN listed AND recent THEN 256 | (256 << 9)
                ELSE (unread | 64 * (violent_or_serious IS NULL)::INTEGER) * 513
                    | CASE WHEN recent THEN 0 ELSE 8 | (convicted_on IS NULL)::INTEGER | 128 * (arrested_on IS NULL)::INTEGER END
                    | CASE WHEN listed THEN (256 << 9) ELSE 0 END
                END
            WHEN day >= DATE '2013-07-16' THEN CASE                                 -- what opens the way; an open covered misdemeanor
                WHEN old_conviction OR old_case THEN 256
                WHEN (old_conviction OR old_case) IS NULL THEN
                    unread
                    | CASE WHEN convicted IS NOT FALSE AND misdemeanor IS NOT FALSE THEN
                        CASE WHEN covered IS NULL AND within_10 IS NOT FALSE THEN covered_unread ELSE 0 END
                        | CASE WHEN within_10 IS NULL AND covered IS NOT FALSE
                            THEN (convicted_on IS NULL)::INTEGER | 128 * (arrested_on IS NULL)::INTEGER ELSE 0 END
                      ELSE 0 END
                    | CASE WHEN pending IS NOT FALSE AND misdemeanor IS NOT FALSE AND open_case IS NULL
                        THEN 2 * (weapon IS NOT FALSE)::INTEGER | 64 * (covered_case IS NULL OR weapon IS NULL)::INTEGER ELSE 0 END
                ELSE 0 END
                | CASE
                    WHEN open_misdemeanor THEN 256 << 9
                    WHEN open_misdemeanor IS NULL THEN (unread | CASE WHEN covered IS NULL THEN covered_unread ELSE 0 END) << 9
                    ELSE 0 END
            ELSE CASE WHEN any_case THEN 256 WHEN any_case IS NULL THEN unread ELSE 0 END
        END AS word
    FROM limb
),
record AS (SELECT row_number, bit_or(word) AS word FROM word GROUP BY row_number),

-- ------------------------------------------------------------------------------------------------------------ the whole record
known AS (
    SELECT asked.* EXCLUDE (charges), charges IS NOT NULL AS known, COALESCE(word, 0) AS first_word, COALESCE(word, 0) >> 9 AS second_word,
        answer(charges IS NOT NULL, complete, first_word) AS first,
        answer(charges IS NOT NULL, complete, second_word) AS second
    FROM asked LEFT JOIN record USING (row_number)
),
fact AS (
    SELECT *,
        CASE WHEN first IS NULL THEN open_facts(known, complete, first_word) ELSE 0 END AS first_missing,
        CASE WHEN second IS NULL THEN open_facts(known, complete, second_word) ELSE 0 END AS second_missing,
        custodian = 'county_jail' AS jail,
        custodian = 'police_lockup' AS police,
        custodian = 'state_prison' AS prison,
        custodian IN ('county_jail', 'police_lockup') AS jail_or_police,
        custodian IN ('county_jail', 'police_lockup', 'probation') AS city,
        kind = 'immigration_detainer' AS detainer,
        kind IN ('immigration_detainer', 'transfer_request', 'administrative_warrant') AS civil_detainer,
        kind IN ('immigration_detainer', 'release_notification_request', 'transfer_request', 'administrative_warrant') AS immigration,
        warrant IN ('judicial_civil', 'judicial_criminal') OR kind = 'judicial_warrant' AS judge,
        judge OR warrant = 'court_order' AS judge_or_order,
        first OR watchlist AS listed_person,                                        -- since 2014-12-14: within five years
        judge AND listed_person AS gate,
        second AND reentry AS re_entered,                                           -- since 2014-12-14: convicted ever
        re_entered OR watchlist AS police_gate
    FROM known
),

-- -------------------------------------------------------------------------------------------------------------- the norms' truth
norm AS (
    SELECT *,
        -- courts, since People ex rel. Wells v. DeMarco
        day >= DATE '2018-11-14' AND immigration AS wells_warrant,
        wells_warrant AND NOT judge_or_order AS wells_hold,
        wells_hold AND agreement AS agreed,                                         -- two readings: it never decides, overrides both
        -- federal
        day >= DATE '2015-07-01' AND kind = 'release_notification_request' AND NOT judge_or_order AS notice_only,
        kind = 'administrative_warrant' AND removed_felon AND status_confirmed AS removed,
        kind = 'judicial_warrant' AND warrant = 'judicial_criminal' AS judicial,
        kind = 'fugitive_warrant' AND governors_warrant AS fugitive,
        kind = 'military_deserter' AS deserter,
        kind = 'interstate_detainer' AS interstate,                                 -- a draft: it never decides
        warrant = 'administrative' OR kind = 'administrative_warrant' AS warrant_of_officer,
        kind = 'administrative_subpoena' AND warrant = 'court_order' AS subpoena,
        -- New York, drafts that never decide
        day >= DATE '2026-05-21' AND immigration AND NOT judge_or_order AS budget_act,
        prison AND immigration AS correction_law,
        day >= DATE '2017-09-15' AND correction_law IS NOT FALSE AND judge_or_order IS NOT TRUE AS order_170,      -- criminal_purpose open
        -- New York City, 2012 to 2014: never sure, since gangs and criminal warrants are unknown
        day >= DATE '2012-03-21' AND day < DATE '2014-12-14' AND detainer IS NOT FALSE
            AND CASE WHEN day < DATE '2013-07-16' THEN jail ELSE jail_or_police END IS NOT FALSE
            AND (first OR watchlist OR final_order OR list_contains(basis, 'final_order')) IS NOT TRUE AS bar,
        bar AND day >= DATE '2013-07-16' AS bar_2013,
        -- since 2014-12-14: honoring a detainer
        day >= DATE '2014-12-14' AND civil_detainer AND CASE WHEN day >= DATE '2017-12-01' THEN city ELSE jail_or_police END AS gated_hold,
        day >= DATE '2014-12-14' AND civil_detainer AND jail_or_police AS gated_notice,
        CASE WHEN day >= DATE '2018-01-30' THEN immigration AND city ELSE gated_notice END AS gated_transfer,
        day >= DATE '2014-12-14' AND police AND civil_detainer AND judge AND re_entered AS after_re_entry,         -- two readings:
        -- and where it may be so, the five years may be extended (look_back_tolled is open), so the gate is not shut either
        -- custody information
        day >= DATE '2015-02-12' AND jail AND immigration AS custody,               -- its when: listed, or criminal_purpose (open)
        custody AND warrant = 'court_order' AS required,                            -- two readings
        day >= DATE '2018-01-30' AND (immigration AND custodian IN ('police_lockup', 'probation')) IS NOT FALSE
            AND gate IS NOT TRUE AS information,                                    -- two readings, criminal_purpose open
        -- city resources
        day >= DATE '2018-01-30' AND immigration AND city AS resources
    FROM fact
),

-- ------------------------------------------------------------------------------------------------ outcomes that remain possible
-- Of each action: "quiet" no norm above need have spoken, "waits" a permission above may be waiting.
level AS (
    SELECT *,
        agreed IS NOT FALSE AS agreement_waits,
        wells_hold IS NOT TRUE AS wells_quiet,
        judicial OR deserter AS taken,
        (notice_only OR removed OR taken OR fugitive) IS NOT TRUE AS hold_silent,
        (removed OR taken) IS NOT FALSE AS hold_permits,
        wells_quiet AND hold_silent AS hold_quiet,
        (agreement_waits AND (hold_silent OR hold_permits)) OR (wells_quiet AND hold_permits) AS hold_waits,
        -- the police have a gate of their own: of an unknown custodian the narrowest, then the widest
        CASE WHEN police THEN gate OR police_gate ELSE gate END AS hold_gate,
        gated_hold IS NOT FALSE AND CASE WHEN police IS NOT FALSE THEN gate OR police_gate ELSE gate END IS NOT FALSE AS city_permits_hold,
        custody IS NOT FALSE AND listed_person IS NOT TRUE AS custody_forbids,
        (gated_notice AND NOT gate) IS TRUE AS notice_forbid,
        wells_warrant IS NOT TRUE AS warrant_quiet
    FROM norm
),
possible AS (
    SELECT *,
        wells_hold IS NOT FALSE OR notice_only IS NOT FALSE OR bar OR (gated_hold IS NOT FALSE AND hold_gate IS NOT TRUE) AS hold_f,
        fugitive IS NOT FALSE AS hold_r,
        (hold_waits AND (gated_hold IS NOT TRUE OR city_permits_hold)) OR (hold_quiet AND city_permits_hold) AS hold_a,
        hold_quiet AND gated_hold IS NOT TRUE AS hold_u,
        budget_act IS NOT FALSE OR bar OR (gated_notice IS NOT FALSE AND gate IS NOT TRUE) OR custody_forbids OR information OR order_170
            AS notice_f,
        (gated_notice IS NOT FALSE OR custody IS NOT FALSE) AND NOT notice_forbid AS notice_a,
        (gated_notice OR custody) IS NOT TRUE AS notice_u,
        budget_act IS NOT FALSE OR (gated_transfer IS NOT FALSE AND gate IS NOT TRUE) AS transfer_f,
        fugitive IS NOT FALSE OR interstate AS transfer_r,
        (gated_transfer IS NOT FALSE AND gate IS NOT FALSE) OR taken IS NOT FALSE AS transfer_a,
        gated_transfer IS NOT TRUE AND (taken OR fugitive) IS NOT TRUE AS transfer_u,
        budget_act IS NOT FALSE OR custody_forbids OR information AS share_f,
        warrant_quiet AND warrant_of_officer IS NOT TRUE AS officer_quiet,
        agreement_waits OR (warrant_quiet AND warrant_of_officer IS NOT FALSE AND agreement IS NOT FALSE) AS officer_waits,
        wells_warrant IS NOT FALSE OR (warrant_of_officer IS NOT FALSE AND agreement IS NOT TRUE) OR resources IS NOT FALSE AS officer_f,
        officer_waits AND resources IS NOT TRUE AS officer_a,
        officer_quiet AND resources IS NOT TRUE AS officer_u,
        police IS NOT FALSE OR (prison AND day >= DATE '2017-09-15') OR (custodian <> 'court' AND day >= DATE '2026-05-21') AS asks_status
    FROM level
),
outcome AS (
    SELECT *,
        comes_to(hold_f, hold_r, hold_a, hold_u) AS hold,
        comes_to(notice_f, FALSE, notice_a, notice_u) AS notify_release,
        comes_to(transfer_f, transfer_r, transfer_a, transfer_u) AS transfer,
        comes_to(budget_act IS NOT FALSE OR resources IS NOT FALSE, FALSE, FALSE, TRUE) AS interview,
        comes_to(share_f, correction_law IS NOT FALSE, custody IS NOT FALSE, custody IS NOT TRUE) AS share_information,
        comes_to(asks_status, FALSE, FALSE, TRUE) AS ask_status,
        comes_to(officer_f, FALSE, officer_a, officer_u) AS act_on_administrative_warrant,
        comes_to(FALSE, subpoena IS NOT FALSE, FALSE, subpoena IS NOT TRUE) AS answer_administrative_subpoena
    FROM possible
),
asking AS (
    SELECT *,
        bar_2013 AND second IS NOT FALSE AS asks_open_cases,
        gate IS NULL AND listed_person IS NULL AS gate_asks_record,
        CASE WHEN bar_2013 THEN second_missing ELSE 0 END | CASE WHEN bar THEN first_missing ELSE 0 END AS bar_record,
        gated_hold IS NOT FALSE AND gate IS NULL AND (police AND police_gate) IS NOT TRUE AS hold_asks_gate,
        gated_hold IS NOT FALSE AND police IS NOT FALSE AND police_gate IS NULL AND gate IS NOT TRUE AS hold_asks_re_entry,
        hold_asks_re_entry AND re_entered IS NULL AS hold_asks_ever,
        hold_asks_gate AND gate_asks_record AS hold_asks_listed,
        after_re_entry IS NOT FALSE AS asks_ever,
        (custody IS NOT FALSE AND listed_person IS NULL) OR (information AND gate_asks_record) AS share_asks_listed,
        share_asks_listed OR (gated_notice IS NOT FALSE AND gate_asks_record) AS notice_asks_listed,
        gated_transfer IS NOT FALSE AND gate_asks_record AS transfer_asks_listed,
        bar_record | CASE WHEN hold_asks_listed THEN first_missing ELSE 0 END | CASE WHEN hold_asks_ever THEN second_missing ELSE 0 END
            AS hold_record,
        CASE WHEN asks_ever THEN second_missing ELSE 0 END AS ever_record,
        bar_record | ever_record | CASE WHEN notice_asks_listed THEN first_missing ELSE 0 END AS notice_record,
        ever_record | CASE WHEN transfer_asks_listed THEN first_missing ELSE 0 END AS transfer_record,
        CASE WHEN share_asks_listed THEN first_missing ELSE 0 END AS share_record,
        custody_forbids OR information OR order_170 AS asks_purpose
    FROM outcome
)
SELECT id, place, "at",
    hold,
    CASE hold
        WHEN 'forbidden' THEN CASE
            WHEN wells_hold AND NOT agreement THEN 'courts/wells:hold'::norm_id
            WHEN notice_only THEN 'us:notice-only-request/hold'::norm_id
            WHEN jail THEN 'us/ny/new-york-city:9-131/honor'::norm_id
            WHEN police THEN 'us/ny/new-york-city:14-154/hold'::norm_id
            ELSE 'us/ny/new-york-city:9-205/hold'::norm_id END
        WHEN 'allowed' THEN CASE
            WHEN removed THEN 'us:removed-felon/hold'::norm_id
            WHEN judicial THEN 'us:judicial-warrant/custody'::norm_id
            WHEN deserter THEN 'us:deserter/apprehend'::norm_id
            WHEN jail THEN 'us/ny/new-york-city:9-131/honor'::norm_id
            WHEN police THEN 'us/ny/new-york-city:14-154/hold'::norm_id
            ELSE 'us/ny/new-york-city:9-205/hold'::norm_id END
        WHEN 'required' THEN 'us:fugitive/governors-warrant'::norm_id END AS hold_norm,
    CASE WHEN hold <> 'unknown' THEN '' ELSE concat_ws(',',
        CASE WHEN agreement IS NULL AND agreement_waits THEN 'agency.agreement_287g' END,
        record_facts(hold_record),
        CASE WHEN custodian IS NULL AND (bar OR gated_hold IS NULL) THEN 'custodian' END,
        CASE WHEN agreed THEN 'norm:courts/wells:agreements' END,
        CASE WHEN hold_record & 128 <> 0 THEN 'person.arrested_on' END,
        CASE WHEN bar THEN 'person.criminal_warrant' END,
        CASE WHEN bar AND final_order IS NULL THEN 'person.final_order' END,
        CASE WHEN bar THEN 'person.gang_match' END,
        CASE WHEN reentry IS NULL AND hold_asks_ever THEN 'person.illegal_reentry' END,
        CASE WHEN removed_felon IS NULL AND removed IS NULL AND wells_quiet THEN 'person.removed_after_felony' END,
        CASE WHEN asks_open_cases THEN 'person.several_open_cases' END,
        CASE WHEN status_confirmed IS NULL AND removed IS NULL AND wells_quiet THEN 'person.status_confirmed' END,
        CASE WHEN watchlist IS NULL AND (bar OR hold_asks_listed OR hold_asks_re_entry)
             THEN 'person.watchlist_match' END,
        CASE WHEN bar AND basis IS NULL THEN 'request.basis' END,
        CASE WHEN governors_warrant IS NULL AND fugitive IS NULL THEN 'request.governors_warrant' END,
        CASE WHEN kind IS NULL THEN 'request.kind' END,
        CASE WHEN warrant IS NULL AND (wells_hold IS NULL OR notice_only IS NULL OR judicial IS NULL OR hold_asks_gate)
             THEN 'request.warrant' END
    ) END AS hold_missing,
    notify_release,
    CASE notify_release
        WHEN 'forbidden' THEN CASE
            WHEN jail THEN 'us/ny/new-york-city:9-131/honor'::norm_id
            ELSE 'us/ny/new-york-city:14-154/notify'::norm_id END
        WHEN 'allowed' THEN CASE
            WHEN NOT jail THEN 'us/ny/new-york-city:14-154/notify'::norm_id
            WHEN gated_notice THEN 'us/ny/new-york-city:9-131/honor'::norm_id
            ELSE 'us/ny/new-york-city:9-131/custody-information'::norm_id END END AS notify_release_norm,
    CASE WHEN notify_release <> 'unknown' THEN '' ELSE concat_ws(',',
        CASE WHEN asks_purpose THEN 'agency.criminal_purpose' END,
        record_facts(notice_record),
        CASE WHEN custodian IS NULL THEN 'custodian' END,
        CASE WHEN after_re_entry THEN 'norm:us/ny/new-york-city:14-154/after-re-entry' END,
        CASE WHEN required THEN 'norm:us/ny/new-york-city:9-131/required-by-law' END,
        CASE WHEN budget_act THEN 'norm:us/ny:budget-2026/civil-enforcement' END,
        CASE WHEN notice_record & 128 <> 0 THEN 'person.arrested_on' END,
        CASE WHEN bar THEN 'person.criminal_warrant' END,
        CASE WHEN bar AND final_order IS NULL THEN 'person.final_order' END,
        CASE WHEN bar THEN 'person.gang_match' END,
        CASE WHEN reentry IS NULL AND asks_ever THEN 'person.illegal_reentry' END,
        CASE WHEN asks_open_cases THEN 'person.several_open_cases' END,
        CASE WHEN watchlist IS NULL AND (bar OR notice_asks_listed) THEN 'person.watchlist_match' END,
        CASE WHEN bar AND basis IS NULL THEN 'request.basis' END,
        CASE WHEN kind IS NULL THEN 'request.kind' END,
        CASE WHEN warrant IS NULL AND (budget_act IS NULL OR (gated_notice IS NOT FALSE AND gate IS NULL) OR required IS NULL
                 OR (information AND gate IS NULL) OR order_170) THEN 'request.warrant' END
    ) END AS notify_release_missing,
    transfer,
    CASE transfer
        WHEN 'forbidden' THEN CASE
            WHEN jail THEN 'us/ny/new-york-city:9-131/transfer'::norm_id
            WHEN police THEN 'us/ny/new-york-city:14-154/transfer'::norm_id
            ELSE 'us/ny/new-york-city:9-205/transfer'::norm_id END
        WHEN 'allowed' THEN CASE
            WHEN judicial THEN 'us:judicial-warrant/custody'::norm_id
            WHEN deserter THEN 'us:deserter/apprehend'::norm_id
            WHEN jail THEN 'us/ny/new-york-city:9-131/transfer'::norm_id
            WHEN police THEN 'us/ny/new-york-city:14-154/transfer'::norm_id
            ELSE 'us/ny/new-york-city:9-205/transfer'::norm_id END
        WHEN 'required' THEN 'us:fugitive/governors-warrant'::norm_id END AS transfer_norm,
    CASE WHEN transfer <> 'unknown' THEN '' ELSE concat_ws(',',
        record_facts(transfer_record),
        CASE WHEN custodian IS NULL AND gated_transfer IS NULL THEN 'custodian' END,
        CASE WHEN after_re_entry THEN 'norm:us/ny/new-york-city:14-154/after-re-entry' END,
        CASE WHEN budget_act THEN 'norm:us/ny:budget-2026/civil-enforcement' END,
        CASE WHEN interstate THEN 'norm:us:interstate-detainer/temporary-custody' END,
        CASE WHEN transfer_record & 128 <> 0 THEN 'person.arrested_on' END,
        CASE WHEN reentry IS NULL AND asks_ever THEN 'person.illegal_reentry' END,
        CASE WHEN watchlist IS NULL AND transfer_asks_listed THEN 'person.watchlist_match' END,
        CASE WHEN governors_warrant IS NULL AND fugitive IS NULL THEN 'request.governors_warrant' END,
        CASE WHEN kind IS NULL THEN 'request.kind' END,
        CASE WHEN warrant IS NULL AND (judicial IS NULL OR budget_act IS NULL OR (gated_transfer IS NOT FALSE AND gate IS NULL))
             THEN 'request.warrant' END
    ) END AS transfer_missing,
    interview, NULL AS interview_norm,
    CASE WHEN interview <> 'unknown' THEN '' ELSE concat_ws(',',
        CASE WHEN resources IS NOT FALSE THEN 'agency.criminal_purpose' END,
        CASE WHEN custodian IS NULL THEN 'custodian' END,
        CASE WHEN budget_act THEN 'norm:us/ny:budget-2026/civil-enforcement' END,
        CASE WHEN kind IS NULL THEN 'request.kind' END,
        CASE WHEN warrant IS NULL AND budget_act IS NULL THEN 'request.warrant' END) END AS interview_missing,
    share_information,
    CASE WHEN share_information = 'allowed' THEN 'us/ny/new-york-city:9-131/custody-information'::norm_id END AS share_information_norm,
    CASE WHEN share_information <> 'unknown' THEN '' ELSE concat_ws(',',
        CASE WHEN asks_purpose THEN 'agency.criminal_purpose' END,
        record_facts(share_record),
        CASE WHEN custodian IS NULL THEN 'custodian' END,
        CASE WHEN required THEN 'norm:us/ny/new-york-city:9-131/required-by-law' END,
        CASE WHEN budget_act THEN 'norm:us/ny:budget-2026/civil-enforcement' END,
        CASE WHEN correction_law THEN 'norm:us/ny:correction-law-147/record' END,
        CASE WHEN share_record & 128 <> 0 THEN 'person.arrested_on' END,
        CASE WHEN watchlist IS NULL AND share_asks_listed THEN 'person.watchlist_match' END,
        CASE WHEN kind IS NULL THEN 'request.kind' END,
        CASE WHEN warrant IS NULL AND (budget_act IS NULL OR required IS NULL OR (information AND gate IS NULL) OR order_170)
             THEN 'request.warrant' END
    ) END AS share_information_missing,
    ask_status, NULL AS ask_status_norm,
    CASE WHEN ask_status <> 'unknown' THEN '' ELSE concat_ws(',',
        CASE WHEN police IS NOT FALSE OR prison THEN 'agency.criminal_purpose' END,
        CASE WHEN custodian IS NULL THEN 'custodian' END,
        CASE WHEN custodian <> 'court' AND day >= DATE '2026-05-21' THEN 'norm:us/ny:budget-2026/ask-status' END) END AS ask_status_missing,
    act_on_administrative_warrant,
    CASE act_on_administrative_warrant
        WHEN 'forbidden' THEN CASE
            WHEN wells_warrant AND NOT agreement_waits THEN 'courts/wells:administrative-warrant'::norm_id
            WHEN warrant_of_officer AND NOT agreement THEN 'us:administrative-warrant/served-by'::norm_id
            ELSE 'us/ny/new-york-city:10-178/administrative-warrant'::norm_id END
        WHEN 'allowed' THEN 'us:administrative-warrant/served-by'::norm_id END AS act_on_administrative_warrant_norm,
    CASE WHEN act_on_administrative_warrant <> 'unknown' THEN '' ELSE concat_ws(',',
        CASE WHEN agreement IS NULL AND (agreement_waits OR warrant_of_officer IS NOT FALSE) THEN 'agency.agreement_287g' END,
        CASE WHEN custodian IS NULL AND resources IS NULL THEN 'custodian' END,
        CASE WHEN agreed THEN 'norm:courts/wells:agreements' END,
        CASE WHEN budget_act THEN 'norm:us/ny:budget-2026/civil-enforcement' END,
        CASE WHEN kind IS NULL AND (wells_warrant IS NULL OR warrant_of_officer IS NULL OR resources IS NULL) THEN 'request.kind' END,
        CASE WHEN warrant IS NULL AND (agreement_waits OR warrant_of_officer IS NULL) THEN 'request.warrant' END
    ) END AS act_on_administrative_warrant_missing,
    answer_administrative_subpoena,
    CASE WHEN answer_administrative_subpoena = 'required' THEN 'us:subpoena/court-order'::norm_id END
        AS answer_administrative_subpoena_norm,
    CASE WHEN answer_administrative_subpoena <> 'unknown' THEN '' ELSE concat_ws(',',
        CASE WHEN kind IS NULL THEN 'request.kind' END,
        CASE WHEN warrant IS NULL THEN 'request.warrant' END) END AS answer_administrative_subpoena_missing
FROM asking
