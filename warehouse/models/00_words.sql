-- Words that the other models use: how values are compared, how facts age, what is never published.
-- Settings are variables (`policy.toml`); everything here lives in the scratch database, not in the release.

CREATE MACRO work.age_days(verified) AS date_diff('day', verified, getvariable('now'));

-- The same on the day of the newest statement: what is chosen follows from what is said, however long ago.
CREATE MACRO work.age_then(verified) AS date_diff('day', verified, getvariable('newest'));

CREATE MACRO work.freshness_of(verified, verify_days) AS CASE
    WHEN verified IS NULL THEN NULL
    WHEN work.age_days(verified) > getvariable('expire_days') THEN 'expired'
    WHEN work.age_days(verified) > verify_days + getvariable('grace_days') THEN 'stale'
    WHEN work.age_days(verified) > verify_days THEN 'due'
    ELSE 'fresh' END;

-- Two wordings of one value compare equal: case, accents, punctuation and spaces do not matter.
CREATE MACRO work.plain(words) AS regexp_replace(lower(strip_accents(words)), '[^a-z0-9]+', '', 'g');

CREATE MACRO work.value_key(kind, stated) AS coalesce(nullif(CASE kind
    WHEN 'text' THEN work.plain(regexp_replace(stated, '^https?://(www\.)?', ''))
    -- of one place: house number and ZIP code tell addresses apart, the rest is spelling
    WHEN 'address' THEN coalesce(nullif(regexp_extract(stated ->> '$.street', '[0-9]+'), ''),
        work.plain(stated ->> '$.street'), '') || '|' || coalesce(left(stated ->> '$.zip', 5), work.plain(stated ->> '$.city'), '')
    ELSE stated END, ''), stated);

-- The models count and join claims by number. A release has its digits as text: a number of 63 bits loses its last ones in JavaScript.
CREATE MACRO work.claim_number(entity, field_name, kind, stated) AS
    md5_number_lower(entity || chr(31) || field_name || chr(31) || work.value_key(kind, stated)) >> 1;
CREATE MACRO work.claim_key(entity, field_name, kind, stated) AS work.claim_number(entity, field_name, kind, stated)::VARCHAR;

-- How far a statement is believed: as sure as its reader, times the weight of its kind; of a questionnaire's boxes, as sure
-- as they were found to be, and less with every year (reliability.csv).
CREATE MACRO work.strength(confidence, weight, reliability, yearly, age_days) AS coalesce(
    reliability * pow(yearly, greatest(age_days, 0) / 365.25), confidence * weight);

-- Of voices that do not know of each other the doubts multiply: the logarithm of one doubt.
CREATE MACRO work.doubt(strength) AS ln(1 - least(strength, getvariable('confidence_ceiling')));

CREATE MACRO work.has_mail(words) AS coalesce(CASE WHEN contains(words, '@') THEN regexp_matches(words, getvariable('mail')) END, FALSE);

-- Which of several names is the usual one: that of most listings, of equals the newest, then the longest.
CREATE MACRO work.usual(listings, newest, name) AS {listings: listings, newest: newest, length: length(name)};

-- No personal contact data and no clinicians: taken out of everything that is printed words.
CREATE MACRO work.without_mail(words) AS CASE WHEN contains(words, '@')
    THEN regexp_replace(words, getvariable('mail'), '[e-mail]', 'g') ELSE words END;

CREATE MACRO work.without_people(words) AS
    CASE WHEN regexp_matches(words, getvariable('credentials'))
    THEN regexp_replace(words, getvariable('clinician'), '[name]', 'g') ELSE words END;

-- Whose name it is (`people/names.py`): `person` by title or degree, `maybe_person` by a given name; else ''. An e-mail address
-- in it makes it no less a person's.
CREATE MACRO work.person_kind(name) AS coalesce(
    person_kind(trim(regexp_replace(name, getvariable('mail') || '|\[e-mail\]', '', 'g'))), '');

-- What may be printed of a name, a street or a line of an address: `4 Elm St Attn: Jane Sample LICSW` is `4 Elm St`.
CREATE MACRO work.public_name(name) AS nullif(public_name(work.without_mail(name)), '');

-- An address as JSON, its street so printed.
CREATE MACRO work.public_address(address) AS
    CASE WHEN work.public_name(address ->> '$.street') IS DISTINCT FROM (address ->> '$.street')
    THEN json_merge_patch(address, json_object('street', work.public_name(address ->> '$.street')))::VARCHAR ELSE address END;

-- The name of a site that says what is offered there, which makes a person's name above it that of a clinic's owner.
CREATE MACRO work.is_clinic(name) AS coalesce(regexp_matches(name, getvariable('clinic')), FALSE);

CREATE MACRO work.public_words(words) AS work.without_people(work.without_mail(words));

-- The address of a local file means nothing elsewhere.
CREATE MACRO work.web(address) AS CASE WHEN regexp_matches(address, '^https?://') THEN address END;
