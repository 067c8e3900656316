-- The tables of schema version 1, as the first release made them.
CREATE TABLE article (
    id VARCHAR, url VARCHAR, publisher VARCHAR, title VARCHAR, published DATE, published_at VARCHAR, language
    VARCHAR, text VARCHAR, cluster VARCHAR, origin_file VARCHAR, origin_line INTEGER, origin_sha256 VARCHAR,
    retrieved VARCHAR, extra VARCHAR, text_hash VARCHAR, meta_hash VARCHAR, stamp TIMESTAMP, coder VARCHAR, sketch
    UINTEGER[], recorded INTEGER, retracted INTEGER
);
CREATE TABLE mention (
    id VARCHAR, article VARCHAR, source VARCHAR, source_code VARCHAR, source_label VARCHAR, source_text VARCHAR,
    source_start INTEGER, source_end INTEGER, source_sector VARCHAR, source_agent VARCHAR, source_agent_id VARCHAR,
    target VARCHAR, target_code VARCHAR, target_label VARCHAR, target_text VARCHAR, target_start INTEGER, target_end
    INTEGER, target_sector VARCHAR, target_agent VARCHAR, target_agent_id VARCHAR, category VARCHAR, mode VARCHAR,
    status VARCHAR, mutual BOOLEAN, contexts VARCHAR[], begin_day DATE, end_day DATE, precision VARCHAR, expression
    VARCHAR, time_value VARCHAR, time_origin VARCHAR, attribution VARCHAR, place VARCHAR, dead INTEGER, injured
    INTEGER, arrested INTEGER, confidence DOUBLE, coder VARCHAR, grp VARCHAR, field VARCHAR, quote VARCHAR,
    quote_start INTEGER, quote_end INTEGER, trigger_start INTEGER, trigger_end INTEGER, time_start INTEGER, time_end
    INTEGER, recorded INTEGER, retracted INTEGER
);
CREATE TABLE event (
    id VARCHAR, source VARCHAR, target VARCHAR, source_sector VARCHAR, target_sector VARCHAR, mutual BOOLEAN,
    category VARCHAR, mode VARCHAR, contexts VARCHAR[], begin_day DATE, end_day DATE, precision VARCHAR, time_origin
    VARCHAR, status VARCHAR, score DOUBLE, mentions INTEGER, articles INTEGER, publishers INTEGER, first_reported
    DATE, last_reported DATE, confidence DOUBLE, grp VARCHAR, fulfils VARCHAR, cancels VARCHAR, recorded INTEGER,
    retracted INTEGER
);
CREATE TABLE role (
    article VARCHAR, person VARCHAR, person_id VARCHAR, office VARCHAR, actor VARCHAR, code VARCHAR, observed DATE,
    text VARCHAR, field VARCHAR, start_at INTEGER, end_at INTEGER, recorded INTEGER, retracted INTEGER
);
CREATE TABLE meta (
    key VARCHAR PRIMARY KEY, value VARCHAR
);
CREATE TABLE ingest (
    seq INTEGER PRIMARY KEY, moment TIMESTAMP, command VARCHAR, coder VARCHAR, version VARCHAR, report VARCHAR
);
CREATE TABLE actor (
    id VARCHAR, kind VARCHAR, label VARCHAR, code VARCHAR, country VARCHAR, sector VARCHAR, wikidata VARCHAR, region
    VARCHAR, given BOOLEAN
);
CREATE TABLE alias (
    actor VARCHAR, name VARCHAR, begin_day DATE, end_day DATE
);
CREATE TABLE event_mention (
    event VARCHAR, mention VARCHAR, recorded INTEGER, retracted INTEGER
);
CREATE TABLE event_alias (
    former VARCHAR, event VARCHAR, recorded INTEGER
);
CREATE TABLE correction (
    id VARCHAR, article VARCHAR, field VARCHAR, quote VARCHAR, source VARCHAR, target VARCHAR, category VARCHAR,
    change VARCHAR, reviewer VARCHAR, note VARCHAR, recorded INTEGER, retracted INTEGER
);
CREATE TABLE near (
    a VARCHAR, b VARCHAR
);
CREATE TABLE band (
    article VARCHAR, band UTINYINT, hash UBIGINT, published DATE
);
CREATE TABLE copy (
    article VARCHAR, grp VARCHAR
);
CREATE TABLE resolution (
    mention VARCHAR, side VARCHAR, actor VARCHAR, sector VARCHAR
);
