-- The law in force at us/ca/los-angeles-county from 2010 to 2026, written by hand: for each of the eight actions the outcome, the
-- norm that decided and the facts that are missing, as Bailiwick gives them. {cases} is a Parquet file of cases; {offences} is a
-- table made beforehand, with a row for every citation that occurs (statute, serious, violent, listed, felony_only, federal,
-- proposition_47; NULL where the law's list leaves it open).
--
-- Reading aid: NULL is unknown; "x IS NOT FALSE" is "may be so", "x IS TRUE" is "is so".
-- An answer about the record, twelve bits of a word: 2048 yes, others unknown, unless the record is unknown or may have more.
CREATE OR REPLACE TEMP MACRO answer(known, complete, bits) AS
    CASE WHEN NOT known THEN NULL WHEN bits & 2048 <> 0 THEN TRUE WHEN bits & 2047 <> 0 OR NOT complete THEN NULL ELSE FALSE END;
-- What is missing of the record: 2048 all of it, 4096 whether it is complete, and the facts of single charges.
CREATE OR REPLACE TEMP MACRO open_facts(known, complete, bits) AS
    CASE WHEN NOT known THEN 2048 ELSE (bits & 2047) | CASE WHEN complete THEN 0 ELSE 4096 END END;
CREATE OR REPLACE TEMP MACRO record_facts(bits) AS CASE WHEN bits <> 0 THEN concat_ws(',',
    CASE WHEN bits & 2048 <> 0 THEN 'charges' END,
    CASE WHEN bits & 1 <> 0 THEN 'charges[].aggravated_felony' END,
    CASE WHEN bits & 2 <> 0 THEN 'charges[].convicted_on' END,
    CASE WHEN bits & 4 <> 0 THEN 'charges[].domestic_violence' END,
    CASE WHEN bits & 8 <> 0 THEN 'charges[].grade' END,
    CASE WHEN bits & 16 <> 0 THEN 'charges[].serious' END,
    CASE WHEN bits & 32 <> 0 THEN 'charges[].sex_registration' END,
    CASE WHEN bits & 64 <> 0 THEN 'charges[].state_prison' END,
    CASE WHEN bits & 128 <> 0 THEN 'charges[].status' END,
    CASE WHEN bits & 256 <> 0 THEN 'charges[].statute' END,
    CASE WHEN bits & 512 <> 0 THEN 'charges[].violent' END,
    CASE WHEN bits & 1024 <> 0 THEN 'charges[].wobbler' END,
    CASE WHEN bits & 4096 <> 0 THEN 'charges_complete' END) END;
-- Columns of few words are enumerations.
CREATE TYPE outcome AS ENUM ('forbidden', 'required', 'allowed', 'unregulated', 'unknown');
CREATE TYPE norm_id AS ENUM (
    'us/ca/los-angeles-county:board-policy/hold-and-transfer', 'us/ca/los-angeles-county:board-policy/notify',
    'us/ca/los-angeles-county:sheriff/moratorium', 'us/ca/los-angeles-county:sheriff/permanent-policy', 'us/ca:trust-act/hold',
    'us/ca:truth-act/interview', 'us/ca:values-act/administrative-warrant', 'us/ca:values-act/ask-status',
    'us/ca:values-act/hold', 'us/ca:values-act/hold-on-other-request', 'us/ca:values-act/notify',
    'us/ca:values-act/share-information', 'us/ca:values-act/state-prison-interview', 'us/ca:values-act/transfer',
    'us:administrative-warrant/served-by', 'us:deserter/apprehend', 'us:fugitive/governors-warrant',
    'us:judicial-warrant/custody', 'us:notice-only-request/hold', 'us:removed-felon/hold', 'us:subpoena/court-order');

WITH asked AS MATERIALIZED (
    SELECT
        file_row_number AS row_number, id, place, "at", custodian, charges,
        CASE WHEN request.kind = 'immigration_detainer' AND request.form IN ('I-247N', 'I-247G')
             THEN 'release_notification_request' ELSE request.kind END AS kind,
        request.warrant AS warrant,
        request.federal_probable_cause AS probable_cause,
        request.governors_warrant AS governors_warrant,
        person.offender_registrant AS registrant,
        person.federal_felony_warrant AS felony_warrant,
        person.removed_after_felony AS removed_felon,
        person.status_confirmed AS status_confirmed,
        person.interview_consent AS consent,
        release.public_information AS public,
        agency.agreement_287g AS agreement,
        COALESCE(charges_complete, TRUE) AS complete,
        CAST(timezone('America/Los_Angeles', "at") AS DATE) AS day
    FROM read_parquet('{cases}', file_row_number = true)
),

-- ------------------------------------------------------------------------------------------------ the record, charge by charge
charge AS (
    SELECT row_number,
        c.status = 'convicted' AS convicted,
        c.status = 'held_to_answer' AS held,
        c.status IN ('arrested', 'charged', 'held_to_answer', 'convicted') AS arrested,
        c.grade = 'felony' AS felony,
        c.grade = 'misdemeanor' AS misdemeanor,
        COALESCE(c.serious, o.serious) AS serious,
        COALESCE(c.violent, o.violent) AS violent,
        c.wobbler, c.state_prison, c.aggravated_felony, c.domestic_violence, c.sex_registration,
        c.convicted_on > CAST(day - INTERVAL 5 YEAR AS DATE) AS within_5,
        c.convicted_on > CAST(day - INTERVAL 15 YEAR AS DATE) AS within_15,
        o.listed, o.felony_only, o.federal, o.proposition_47
    FROM (SELECT row_number, day, unnest(charges) AS c FROM asked) LEFT JOIN {offences} o ON o.statute = c.statute
),
limb AS (
    SELECT *,
        serious OR violent AS grave,
        listed OR sex_registration AS listed_crime,
        convicted AND felony AND grave AS a1,                                       -- 7282.5(a)(1)
        convicted AND felony AND state_prison AS a2,                                -- (a)(2)
        convicted AND misdemeanor AND wobbler AND within_5 AS recent_wobbler,
        recent_wobbler AND listed_crime AND NOT felony_only AS a3_misdemeanor,      -- (a)(3)
        listed_crime OR felony_only AS listed_if_felony,
        convicted AND felony AND within_15 AND listed_if_felony AS a3_felony,
        convicted AND aggravated_felony AND federal AS a5,                          -- (a)(5)
        held AND felony AND (grave OR state_prison) AS b,                           -- (b)
        arrested AND misdemeanor AND NOT wobbler AND proposition_47 AS a6,          -- (a)(6)
        convicted AND felony AS old_felony,                                         -- the list of 2013
        held AND felony AND NOT domestic_violence AS old_held
    FROM charge
),
-- One word a charge, twelve bits for each of five questions: 2048 yes; otherwise the facts that keep it unknown, in the order
-- 1 aggravated_felony, 2 convicted_on, 4 domestic_violence, 8 grade, 16 serious, 32 sex_registration, 64 state_prison, 128 status,
-- 256 statute, 512 violent, 1024 wobbler; 0 no.
word AS (
    SELECT row_number,
        CASE WHEN a1 OR a2 OR a5 THEN 2048 WHEN (a1 OR a2 OR a5) IS NULL THEN
              128 * (convicted IS NULL)::BIGINT
            | 8 * (felony IS NULL AND (a1 IS NULL OR a2 IS NULL))::BIGINT
            | 16 * (serious IS NULL AND grave IS NULL AND a1 IS NULL)::BIGINT
            | 512 * (violent IS NULL AND grave IS NULL AND a1 IS NULL)::BIGINT
            | 64 * (state_prison IS NULL AND a2 IS NULL)::BIGINT
            | 1 * (aggravated_felony IS NULL AND a5 IS NULL)::BIGINT
            | 256 * (federal IS NULL AND a5 IS NULL)::BIGINT
        ELSE 0 END
        | (CASE WHEN b THEN 2048 WHEN b IS NULL THEN
              128 * (held IS NULL)::BIGINT
            | 8 * (felony IS NULL)::BIGINT
            | 16 * (serious IS NULL AND grave IS NULL AND (felony AND state_prison) IS NOT TRUE)::BIGINT
            | 512 * (violent IS NULL AND grave IS NULL AND (felony AND state_prison) IS NOT TRUE)::BIGINT
            | 64 * (state_prison IS NULL AND (felony AND grave) IS NOT TRUE)::BIGINT
        ELSE 0 END << 12)
        | (CASE WHEN a3_misdemeanor OR a3_felony THEN 2048 WHEN (a3_misdemeanor OR a3_felony) IS NULL THEN
              128 * (convicted IS NULL)::BIGINT
            | 8 * (felony IS NULL)::BIGINT
            | 2 * (within_5 IS NULL)::BIGINT
            | 1024 * (wobbler IS NULL AND a3_misdemeanor IS NULL)::BIGINT
            | 256 * ((felony_only IS NULL OR (listed IS NULL AND listed_crime IS NULL))
                     AND (a3_misdemeanor IS NULL OR (a3_felony IS NULL AND listed_if_felony IS NULL)))::BIGINT
            | 32 * (sex_registration IS NULL AND listed_crime IS NULL
                    AND (a3_misdemeanor IS NULL OR (a3_felony IS NULL AND listed_if_felony IS NULL)))::BIGINT
        ELSE 0 END << 24)
        | (CASE WHEN recent_wobbler OR old_felony OR old_held THEN 2048 WHEN (recent_wobbler OR old_felony OR old_held) IS NULL THEN
              128 * (convicted IS NULL)::BIGINT
            | 8 * (felony IS NULL)::BIGINT
            | 1024 * (wobbler IS NULL AND recent_wobbler IS NULL)::BIGINT
            | 2 * (within_5 IS NULL AND recent_wobbler IS NULL)::BIGINT
            | 4 * (domestic_violence IS NULL AND old_held IS NULL)::BIGINT
        ELSE 0 END << 36)
        | (CASE WHEN a6 THEN 2048 WHEN a6 IS NULL THEN
              128 * (convicted IS NULL)::BIGINT
            | 8 * (felony IS NULL)::BIGINT
            | 1024 * (wobbler IS NULL)::BIGINT
            | 256 * (proposition_47 IS NULL)::BIGINT
        ELSE 0 END << 48) AS word
    FROM limb
),
record AS (SELECT row_number, bit_or(word) AS word FROM word GROUP BY row_number),

-- ------------------------------------------------------------------------------------------------------------ the whole record
known AS (
    SELECT asked.* EXCLUDE (charges), charges IS NOT NULL AS known, COALESCE(word, 0) AS word,
        answer(charges IS NOT NULL, complete, COALESCE(word, 0) >> 0) AS apart,
        answer(charges IS NOT NULL, complete, COALESCE(word, 0) >> 12) AS held_to_answer,
        answer(charges IS NOT NULL, complete, COALESCE(word, 0) >> 24) AS listed,
        answer(charges IS NOT NULL, complete, COALESCE(word, 0) >> 36) AS perhaps_listed,
        answer(charges IS NOT NULL, complete, COALESCE(word, 0) >> 48) AS proposition_47
    FROM asked LEFT JOIN record USING (row_number)
),
fact AS (
    SELECT *,
        apart OR registrant OR felony_warrant AS record_apart,
        record_apart OR held_to_answer AS trust_record,
        record_apart OR listed AS qualifies,
        CASE WHEN apart IS NULL THEN open_facts(known, complete, word >> 0) ELSE 0 END AS apart_missing,
        CASE WHEN held_to_answer IS NULL THEN open_facts(known, complete, word >> 12) ELSE 0 END AS held_missing,
        CASE WHEN listed IS NULL THEN open_facts(known, complete, word >> 24) ELSE 0 END AS listed_missing,
        CASE WHEN perhaps_listed IS NULL THEN open_facts(known, complete, word >> 36) ELSE 0 END AS perhaps_missing,
        CASE WHEN proposition_47 IS NULL THEN open_facts(known, complete, word >> 48) ELSE 0 END AS proposition_missing,
        kind = 'immigration_detainer' AS detainer,
        kind IN ('immigration_detainer', 'release_notification_request') AS asks_notice,
        kind IN ('immigration_detainer', 'release_notification_request', 'transfer_request', 'administrative_warrant') AS immigration,
        custodian = 'county_jail' AS jail,
        custodian IN ('county_jail', 'police_lockup', 'probation') AS local,
        warrant IN ('judicial_civil', 'judicial_criminal') OR kind = 'judicial_warrant' AS judge,
        warrant = 'judicial_criminal' OR (warrant = 'court_order' AND probable_cause) AS finding,
        day >= DATE '2018-01-04' AS values_act
    FROM known
),

-- -------------------------------------------------------------------------------------------------------------- the norms' truth
norm AS (
    SELECT *,
        -- federal
        day >= DATE '2015-07-01' AND kind = 'release_notification_request' AND NOT (judge OR warrant = 'court_order') AS notice_only,
        kind = 'administrative_warrant' AND removed_felon AND status_confirmed AS removed,
        kind = 'judicial_warrant' AND warrant = 'judicial_criminal' AS judicial,
        kind = 'fugitive_warrant' AND governors_warrant AS fugitive,
        kind = 'military_deserter' AS deserter,
        kind = 'interstate_detainer' AS interstate,                                 -- a draft: it never decides
        warrant = 'administrative' OR kind = 'administrative_warrant' AS warrant_of_officer,
        kind = 'administrative_subpoena' AND warrant = 'court_order' AS subpoena,
        -- California, 2014 to 2018
        day >= DATE '2014-01-01' AND day < DATE '2018-01-04' AND custodian IN ('county_jail', 'police_lockup') AND detainer AS trust_act,
        trust_act AND perhaps_listed AS trust_list,                                 -- a draft that overrides the act
        -- both permit where the record qualifies: then the override changes nothing
        CASE WHEN trust_list IS NOT FALSE AND trust_record IS NOT TRUE THEN NULL ELSE trust_act END AS trust,
        -- California, since 2018
        values_act AND local AND detainer AS hold_detainer,
        values_act AND local AND kind IN ('release_notification_request', 'transfer_request', 'administrative_warrant')
            AND NOT finding AS hold_other,
        values_act AND local AND immigration AS bound,
        public OR (asks_notice AND (qualifies OR held_to_answer)) AS notice_open,
        finding OR qualifies AS transfer_open,
        bound AND asks_notice AND proposition_47 AND NOT public AS notice_47,       -- two readings: it never decides
        bound AND proposition_47 AND NOT finding AS transfer_47,                    -- two readings: it never decides
        day >= DATE '2017-01-01' AND local AND immigration AS interview_local,
        values_act AND custodian = 'state_prison' AND immigration AS interview_prison,
        -- Los Angeles County
        CASE WHEN day >= DATE '2020-09-01' THEN jail AND immigration AND NOT (judge OR finding)
             WHEN day >= DATE '2020-04-24' THEN jail AND immigration AND NOT judge ELSE FALSE END AS policy,
        day >= DATE '2020-09-01' AND jail AND immigration AND NOT (judge OR finding) AS policy_notice
    FROM fact
),

-- ------------------------------------------------------------------------------------------------ outcomes that remain possible
level AS (
    SELECT *,
        (trust AND NOT trust_record) OR hold_detainer OR hold_other AS hold_forbid,
        judicial OR deserter AS custody,
        bound AND NOT notice_open AS notice_forbid,
        (bound AND notice_open) IS NOT FALSE AND notice_forbid IS NOT TRUE AS notice_permit,
        bound AND NOT transfer_open AS transfer_forbid,
        (bound AND transfer_open) IS NOT FALSE AND transfer_forbid IS NOT TRUE AS transfer_permit,
        interview_local OR interview_prison AS interview,
        notice_only IS NOT TRUE AND (removed OR custody OR fugitive) IS NOT TRUE AS hold_quiet,
        (removed OR custody) IS NOT FALSE AND notice_only IS NOT TRUE AND fugitive IS NOT TRUE AS hold_waits,
        ((trust AND trust_record) IS NOT FALSE OR trust_list IS NOT FALSE) AND hold_forbid IS NOT TRUE AS hold_permit,
        trust IS NOT TRUE AND hold_forbid IS NOT TRUE AS hold_quiet_below,
        (hold_quiet AND hold_permit) OR (hold_waits AND (hold_quiet_below OR hold_permit)) AS hold_waits_below
    FROM norm
),
possible AS (
    SELECT *,
        notice_only IS NOT FALSE OR ((hold_quiet OR hold_waits) AND hold_forbid IS NOT FALSE)
            OR (((hold_quiet AND hold_quiet_below) OR hold_waits_below) AND policy IS NOT FALSE) AS hold_f,
        fugitive IS NOT FALSE AS hold_r,
        hold_waits_below AND policy IS NOT TRUE AS hold_a,
        hold_quiet AND hold_quiet_below AND policy IS NOT TRUE AS hold_u,
        notice_forbid IS NOT FALSE OR notice_47 IS NOT FALSE
            OR ((bound IS NOT TRUE OR notice_permit) AND policy_notice IS NOT FALSE) AS notice_f,
        notice_permit AND policy_notice IS NOT TRUE AS notice_a,
        bound IS NOT TRUE AND policy_notice IS NOT TRUE AS notice_u,
        transfer_forbid IS NOT FALSE OR transfer_47 IS NOT FALSE
            OR ((bound IS NOT TRUE OR transfer_permit) AND policy IS NOT FALSE) AS transfer_f,
        fugitive IS NOT FALSE OR interstate AS transfer_r,
        (transfer_permit AND policy IS NOT TRUE) OR custody IS NOT FALSE AS transfer_a,
        bound IS NOT TRUE AND policy IS NOT TRUE AND (custody OR fugitive) IS NOT TRUE AS transfer_u,
        warrant_of_officer AND agreement AS officer_permit,
        warrant_of_officer AND NOT agreement AS officer_forbid
    FROM level
),
outcome AS (
    SELECT *,
        CASE WHEN kind IS NULL THEN 'unknown'::outcome
             WHEN hold_f THEN CASE WHEN hold_r OR hold_a OR hold_u THEN 'unknown'::outcome ELSE 'forbidden'::outcome END
             WHEN hold_r THEN CASE WHEN hold_a OR hold_u THEN 'unknown'::outcome ELSE 'required'::outcome END
             WHEN hold_a THEN CASE WHEN hold_u THEN 'unknown'::outcome ELSE 'allowed'::outcome END
             ELSE 'unregulated'::outcome END AS hold,
        CASE WHEN notice_f THEN CASE WHEN notice_a OR notice_u THEN 'unknown'::outcome ELSE 'forbidden'::outcome END
             WHEN notice_a THEN CASE WHEN notice_u THEN 'unknown'::outcome ELSE 'allowed'::outcome END
             ELSE 'unregulated'::outcome END AS notify_release,
        CASE WHEN kind IS NULL THEN 'unknown'::outcome
             WHEN transfer_f THEN CASE WHEN transfer_r OR transfer_a OR transfer_u THEN 'unknown'::outcome ELSE 'forbidden'::outcome END
             WHEN transfer_r THEN CASE WHEN transfer_a OR transfer_u THEN 'unknown'::outcome ELSE 'required'::outcome END
             WHEN transfer_a THEN CASE WHEN transfer_u THEN 'unknown'::outcome ELSE 'allowed'::outcome END
             ELSE 'unregulated'::outcome END AS transfer,
        CASE WHEN interview IS FALSE THEN 'unregulated'::outcome
             WHEN interview IS NULL OR consent IS NULL THEN 'unknown'::outcome
             WHEN consent THEN 'allowed'::outcome ELSE 'forbidden'::outcome END AS interviewing,
        CASE WHEN bound THEN 'forbidden'::outcome WHEN bound IS NULL THEN 'unknown'::outcome ELSE 'unregulated'::outcome END AS share_information,
        CASE WHEN values_act AND local THEN 'forbidden'::outcome WHEN (values_act AND local) IS NULL THEN 'unknown'::outcome ELSE 'unregulated'::outcome END
            AS ask_status,
        CASE WHEN officer_forbid THEN 'forbidden'::outcome
             WHEN bound THEN 'forbidden'::outcome
             WHEN officer_permit THEN CASE WHEN bound IS NULL THEN 'unknown'::outcome ELSE 'allowed'::outcome END
             WHEN warrant_of_officer IS FALSE AND bound IS FALSE THEN 'unregulated'::outcome
             ELSE 'unknown'::outcome END AS act_on_administrative_warrant,
        CASE WHEN subpoena THEN 'required'::outcome WHEN subpoena IS NULL THEN 'unknown'::outcome ELSE 'unregulated'::outcome END AS answer_administrative_subpoena
    FROM possible
),
asking AS (
    SELECT *,
        CASE WHEN trust IS NOT FALSE AND trust_record IS NULL THEN apart_missing | held_missing ELSE 0 END
            | CASE WHEN trust_list IS NOT FALSE THEN perhaps_missing ELSE 0 END AS hold_record,
        bound IS NOT FALSE AND notice_open IS NULL AS notice_asks,
        notice_asks AND asks_notice IS NOT FALSE AND (qualifies OR held_to_answer) IS NULL AS notice_asks_record,
        CASE WHEN notice_asks_record THEN apart_missing | listed_missing | held_missing ELSE 0 END
            | CASE WHEN notice_47 IS NOT FALSE THEN proposition_missing ELSE 0 END AS notice_record,
        bound IS NOT FALSE AND transfer_open IS NULL AS transfer_asks,
        CASE WHEN transfer_asks THEN apart_missing | listed_missing ELSE 0 END
            | CASE WHEN transfer_47 IS NOT FALSE THEN proposition_missing ELSE 0 END AS transfer_record,
        probable_cause IS NULL AND finding IS NULL AS asks_finding,
        CASE WHEN day >= DATE '2020-09-01' THEN 'us/ca/los-angeles-county:board-policy/hold-and-transfer'::norm_id
             WHEN day >= DATE '2020-08-03' THEN 'us/ca/los-angeles-county:sheriff/permanent-policy'::norm_id
             ELSE 'us/ca/los-angeles-county:sheriff/moratorium'::norm_id END AS policy_norm
    FROM outcome
)
SELECT id, place, "at",
    hold,
    CASE hold
        WHEN 'forbidden' THEN CASE
            WHEN notice_only THEN 'us:notice-only-request/hold'::norm_id
            WHEN trust AND NOT trust_record THEN 'us/ca:trust-act/hold'::norm_id
            WHEN hold_detainer THEN 'us/ca:values-act/hold'::norm_id
            WHEN hold_other THEN 'us/ca:values-act/hold-on-other-request'::norm_id
            ELSE policy_norm END
        WHEN 'allowed' THEN CASE
            WHEN removed THEN 'us:removed-felon/hold'::norm_id
            WHEN judicial THEN 'us:judicial-warrant/custody'::norm_id
            WHEN deserter THEN 'us:deserter/apprehend'::norm_id
            ELSE 'us/ca:trust-act/hold'::norm_id END
        WHEN 'required' THEN 'us:fugitive/governors-warrant'::norm_id END AS hold_norm,
    CASE WHEN hold <> 'unknown' THEN '' ELSE concat_ws(',', record_facts(hold_record),
        CASE WHEN custodian IS NULL AND (trust IS NULL OR hold_detainer IS NULL OR hold_other IS NULL OR policy IS NULL) THEN 'custodian' END,
        CASE WHEN trust_list THEN 'norm:us/ca:trust-act/hold-listed-crime' END,
        CASE WHEN felony_warrant IS NULL AND trust_record IS NULL AND trust IS NOT FALSE THEN 'person.federal_felony_warrant' END,
        CASE WHEN registrant IS NULL AND trust_record IS NULL AND trust IS NOT FALSE THEN 'person.offender_registrant' END,
        CASE WHEN removed_felon IS NULL AND removed IS NULL THEN 'person.removed_after_felony' END,
        CASE WHEN status_confirmed IS NULL AND removed IS NULL THEN 'person.status_confirmed' END,
        CASE WHEN asks_finding AND (hold_other IS NULL OR (policy IS NULL AND day >= DATE '2020-09-01'))
             THEN 'request.federal_probable_cause' END,
        CASE WHEN governors_warrant IS NULL AND fugitive IS NULL THEN 'request.governors_warrant' END,
        CASE WHEN kind IS NULL THEN 'request.kind' END,
        CASE WHEN warrant IS NULL AND (notice_only IS NULL OR judicial IS NULL OR hold_other IS NULL OR policy IS NULL)
             THEN 'request.warrant' END
    ) END AS hold_missing,
    notify_release,
    CASE notify_release
        WHEN 'forbidden' THEN CASE WHEN notice_forbid THEN 'us/ca:values-act/notify'::norm_id ELSE 'us/ca/los-angeles-county:board-policy/notify'::norm_id END
        WHEN 'allowed' THEN 'us/ca:values-act/notify'::norm_id END AS notify_release_norm,
    CASE WHEN notify_release <> 'unknown' THEN '' ELSE concat_ws(',', record_facts(notice_record),
        CASE WHEN custodian IS NULL AND (bound IS NULL OR policy_notice IS NULL) THEN 'custodian' END,
        CASE WHEN notice_47 THEN 'norm:us/ca:values-act/proposition-47-notify' END,
        CASE WHEN felony_warrant IS NULL AND notice_asks_record THEN 'person.federal_felony_warrant' END,
        CASE WHEN registrant IS NULL AND notice_asks_record THEN 'person.offender_registrant' END,
        CASE WHEN public IS NULL AND (notice_asks OR notice_47 IS NOT FALSE) THEN 'release.public_information' END,
        CASE WHEN asks_finding AND policy_notice IS NULL THEN 'request.federal_probable_cause' END,
        CASE WHEN kind IS NULL THEN 'request.kind' END,
        CASE WHEN warrant IS NULL AND policy_notice IS NULL THEN 'request.warrant' END
    ) END AS notify_release_missing,
    transfer,
    CASE transfer
        WHEN 'forbidden' THEN CASE WHEN transfer_forbid THEN 'us/ca:values-act/transfer'::norm_id ELSE policy_norm END
        WHEN 'allowed' THEN CASE
            WHEN judicial THEN 'us:judicial-warrant/custody'::norm_id
            WHEN deserter THEN 'us:deserter/apprehend'::norm_id
            ELSE 'us/ca:values-act/transfer'::norm_id END
        WHEN 'required' THEN 'us:fugitive/governors-warrant'::norm_id END AS transfer_norm,
    CASE WHEN transfer <> 'unknown' THEN '' ELSE concat_ws(',', record_facts(transfer_record),
        CASE WHEN custodian IS NULL AND (bound IS NULL OR policy IS NULL) THEN 'custodian' END,
        CASE WHEN transfer_47 THEN 'norm:us/ca:values-act/proposition-47-transfer' END,
        CASE WHEN interstate THEN 'norm:us:interstate-detainer/temporary-custody' END,
        CASE WHEN felony_warrant IS NULL AND transfer_asks THEN 'person.federal_felony_warrant' END,
        CASE WHEN registrant IS NULL AND transfer_asks THEN 'person.offender_registrant' END,
        CASE WHEN asks_finding AND (transfer_asks OR transfer_47 IS NOT FALSE OR (policy IS NULL AND day >= DATE '2020-09-01'))
             THEN 'request.federal_probable_cause' END,
        CASE WHEN governors_warrant IS NULL AND fugitive IS NULL THEN 'request.governors_warrant' END,
        CASE WHEN kind IS NULL THEN 'request.kind' END,
        CASE WHEN warrant IS NULL AND (judicial IS NULL OR transfer_asks OR transfer_47 IS NOT FALSE OR policy IS NULL)
             THEN 'request.warrant' END
    ) END AS transfer_missing,
    interviewing AS interview,
    CASE WHEN interviewing IN ('forbidden', 'allowed') THEN CASE
        WHEN interview_local THEN 'us/ca:truth-act/interview'::norm_id ELSE 'us/ca:values-act/state-prison-interview'::norm_id END END AS interview_norm,
    CASE WHEN interviewing <> 'unknown' THEN '' ELSE concat_ws(',',
        CASE WHEN custodian IS NULL THEN 'custodian' END,
        CASE WHEN consent IS NULL THEN 'person.interview_consent' END,
        CASE WHEN kind IS NULL THEN 'request.kind' END) END AS interview_missing,
    share_information,
    CASE WHEN share_information = 'forbidden' THEN 'us/ca:values-act/share-information'::norm_id END AS share_information_norm,
    CASE WHEN share_information <> 'unknown' THEN '' ELSE concat_ws(',',
        CASE WHEN custodian IS NULL THEN 'custodian' END,
        CASE WHEN kind IS NULL THEN 'request.kind' END) END AS share_information_missing,
    ask_status,
    CASE WHEN ask_status = 'forbidden' THEN 'us/ca:values-act/ask-status'::norm_id END AS ask_status_norm,
    CASE WHEN ask_status = 'unknown' THEN 'custodian' ELSE '' END AS ask_status_missing,
    act_on_administrative_warrant,
    CASE act_on_administrative_warrant
        WHEN 'forbidden' THEN CASE WHEN officer_forbid
            THEN 'us:administrative-warrant/served-by'::norm_id ELSE 'us/ca:values-act/administrative-warrant'::norm_id END
        WHEN 'allowed' THEN 'us:administrative-warrant/served-by'::norm_id END AS act_on_administrative_warrant_norm,
    CASE WHEN act_on_administrative_warrant <> 'unknown' THEN '' ELSE concat_ws(',',
        CASE WHEN agreement IS NULL AND warrant_of_officer IS NOT FALSE THEN 'agency.agreement_287g' END,
        CASE WHEN custodian IS NULL AND bound IS NULL THEN 'custodian' END,
        CASE WHEN kind IS NULL AND (bound IS NULL OR warrant_of_officer IS NULL) THEN 'request.kind' END,
        CASE WHEN warrant IS NULL AND warrant_of_officer IS NULL THEN 'request.warrant' END) END AS act_on_administrative_warrant_missing,
    answer_administrative_subpoena,
    CASE WHEN answer_administrative_subpoena = 'required' THEN 'us:subpoena/court-order'::norm_id END AS answer_administrative_subpoena_norm,
    CASE WHEN answer_administrative_subpoena <> 'unknown' THEN '' ELSE concat_ws(',',
        CASE WHEN kind IS NULL THEN 'request.kind' END,
        CASE WHEN warrant IS NULL THEN 'request.warrant' END) END AS answer_administrative_subpoena_missing
FROM asking
