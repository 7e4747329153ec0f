CREATE FUNCTION fold_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT AS $$
SELECT regexp_replace(regexp_replace(
    translate(
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            regexp_replace(
                replace(
                    regexp_replace(normalize(lower(name), NFKD), '[\s\u0300-\u036f.,''`’ʼ՚"()-]', '', 'g'),
                    'ու', 'u'),
                '^ո(?!վ)', 'vo'),
            'shch', 'ш'), 'tch', 'ч'), 'ch', 'ч'), 'щ', 'ш'), 'я', 'ia'), 'ю', 'iu'), 'ц', 'ts'), 'ծ', 'ts'), 'ց', 'ts'),
            'ձ', 'dz'), 'ջ', 'dz'), 'j', 'dz'), 'x', 'ks'),
        'yqcwабвгдежзиклмнопрстуфхчшыэіїєґաբգդեզէըթժիլխկղճմյնշոչպռսվտրւփքօֆhհъь',
        'ikkvabvgdezziklmnoprstufkcsieiiegabgdezeitzilkkgcminsocprsvtrvpkof'),
    '(.)\1+', '\1', 'g'), '^ie', 'e')
$$;

CREATE TABLE card_batch (
    id UUID NOT NULL,
    name VARCHAR(100) NOT NULL,
    count INTEGER NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by UUID,
    CONSTRAINT pk_card_batch PRIMARY KEY (id)
);

CREATE TABLE account_event (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    account UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by UUID,
    kind VARCHAR(40) NOT NULL,
    detail JSONB DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_account_event PRIMARY KEY (id),
    CONSTRAINT fk_account_event_account FOREIGN KEY(account) REFERENCES account (id)
);

CREATE INDEX ix_account_event_account ON account_event (account, id);

CREATE TABLE personal_percent (
    id UUID NOT NULL,
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    account UUID NOT NULL,
    percent BIGINT NOT NULL,
    from_on DATE NOT NULL,
    until_on DATE,
    reason VARCHAR(200) NOT NULL,
    set_by UUID,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_personal_percent PRIMARY KEY (id),
    CONSTRAINT ck_personal_percent_percent CHECK (percent BETWEEN 0 AND 10000),
    CONSTRAINT ck_personal_percent_period CHECK (until_on > from_on),
    CONSTRAINT fk_personal_percent_account FOREIGN KEY(account) REFERENCES account (id)
);

CREATE INDEX ix_personal_percent_account ON personal_percent (account, seq);

CREATE INDEX ix_personal_percent_changed_xid ON personal_percent (changed_xid);

CREATE TABLE personal_price (
    id UUID NOT NULL,
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    account UUID NOT NULL,
    product INTEGER NOT NULL,
    price BIGINT NOT NULL,
    from_on DATE NOT NULL,
    until_on DATE,
    reason VARCHAR(200) NOT NULL,
    set_by UUID,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_personal_price PRIMARY KEY (id),
    CONSTRAINT ck_personal_price_price CHECK (price >= 0),
    CONSTRAINT ck_personal_price_period CHECK (until_on > from_on),
    CONSTRAINT fk_personal_price_account FOREIGN KEY(account) REFERENCES account (id),
    CONSTRAINT fk_personal_price_product FOREIGN KEY(product) REFERENCES product (seq)
);

CREATE INDEX ix_personal_price_account ON personal_price (account, product, seq);

CREATE INDEX ix_personal_price_changed_xid ON personal_price (changed_xid);

CREATE TABLE account_merge (
    id UUID NOT NULL,
    from_account UUID NOT NULL,
    into_account UUID NOT NULL,
    moved JSONB NOT NULL,
    merged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    merged_by UUID,
    undone_at TIMESTAMP WITH TIME ZONE,
    undone_by UUID,
    CONSTRAINT pk_account_merge PRIMARY KEY (id),
    CONSTRAINT ck_account_merge_two CHECK (from_account <> into_account),
    CONSTRAINT fk_account_merge_from_account FOREIGN KEY(from_account) REFERENCES account (id),
    CONSTRAINT fk_account_merge_into_account FOREIGN KEY(into_account) REFERENCES account (id)
);

CREATE INDEX ix_account_merge_from_account ON account_merge (from_account);

CREATE INDEX ix_account_merge_into_account ON account_merge (into_account);

CREATE TABLE merge_entry (
    source_id UUID NOT NULL,
    merge UUID NOT NULL,
    CONSTRAINT pk_merge_entry PRIMARY KEY (source_id),
    CONSTRAINT fk_merge_entry_merge FOREIGN KEY(merge) REFERENCES account_merge (id)
);

CREATE INDEX ix_merge_entry_merge ON merge_entry (merge);

CREATE TABLE abuse_limits (
    id INTEGER NOT NULL,
    receipts INTEGER,
    receipts_mode VARCHAR(4) DEFAULT 'off' NOT NULL,
    sum BIGINT,
    sum_mode VARCHAR(4) DEFAULT 'off' NOT NULL,
    interval_minutes INTEGER,
    interval_mode VARCHAR(4) DEFAULT 'off' NOT NULL,
    own_card VARCHAR(4) DEFAULT 'flag' NOT NULL,
    staff_card VARCHAR(4) DEFAULT 'off' NOT NULL,
    after_pay VARCHAR(4) DEFAULT 'flag' NOT NULL,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_abuse_limits PRIMARY KEY (id),
    CONSTRAINT ck_abuse_limits_one CHECK (id = 1),
    CONSTRAINT ck_abuse_limits_receipts_mode CHECK (receipts_mode IN ('off', 'flag', 'pin')),
    CONSTRAINT ck_abuse_limits_sum_mode CHECK (sum_mode IN ('off', 'flag', 'pin')),
    CONSTRAINT ck_abuse_limits_interval_mode CHECK (interval_mode IN ('off', 'flag', 'pin')),
    CONSTRAINT ck_abuse_limits_own_card CHECK (own_card IN ('off', 'flag', 'pin')),
    CONSTRAINT ck_abuse_limits_staff_card CHECK (staff_card IN ('off', 'flag', 'pin')),
    CONSTRAINT ck_abuse_limits_after_pay CHECK (after_pay IN ('off', 'flag', 'pin')),
    CONSTRAINT ck_abuse_limits_amounts CHECK (receipts > 0 AND sum > 0 AND interval_minutes BETWEEN 1 AND 1440)
);

ALTER TABLE account
    ADD COLUMN tags VARCHAR(64)[] DEFAULT '{}' NOT NULL,
    ADD COLUMN staff UUID,
    ADD COLUMN merged_into UUID,
    ADD COLUMN erased_at TIMESTAMP WITH TIME ZONE,
    ADD CONSTRAINT uq_account_staff UNIQUE (staff),
    ADD CONSTRAINT fk_account_merged_into FOREIGN KEY(merged_into) REFERENCES account (id),
    ADD CONSTRAINT ck_account_merged_into CHECK (merged_into <> id);

CREATE INDEX ix_account_merged_into ON account (merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX ix_account_category_expires_on ON account_category (expires_on) WHERE ended_at IS NULL;

ALTER TABLE card
    ALTER COLUMN account DROP NOT NULL,
    ADD COLUMN batch UUID,
    ADD COLUMN number_reversed VARCHAR(40) GENERATED ALWAYS AS (reverse(number)) STORED NOT NULL,
    ADD CONSTRAINT fk_card_batch FOREIGN KEY(batch) REFERENCES card_batch (id),
    DROP CONSTRAINT ck_card_state,
    DROP CONSTRAINT ck_card_reason,
    ADD CONSTRAINT ck_card_state CHECK (state IN ('blank', 'active', 'blocked', 'replaced')),
    ADD CONSTRAINT ck_card_reason CHECK ((state IN ('blank', 'active')) = (reason IS NULL)),
    ADD CONSTRAINT ck_card_account CHECK (CASE WHEN account IS NULL THEN state <> 'active' ELSE state <> 'blank' END);

CREATE INDEX ix_card_batch ON card (batch, number) WHERE batch IS NOT NULL;

CREATE INDEX ix_card_number_reversed ON card (number_reversed text_pattern_ops);

ALTER TABLE card_scheme
    ADD COLUMN unknown_cards VARCHAR(8) DEFAULT 'refuse' NOT NULL,
    ADD CONSTRAINT ck_card_scheme_unknown_cards CHECK (unknown_cards IN ('refuse', 'open'));

ALTER TABLE person
    DROP COLUMN family_key,
    DROP COLUMN given_key,
    ADD COLUMN family_key VARCHAR(300) COLLATE "C" GENERATED ALWAYS AS (fold_name(family)) STORED NOT NULL,
    ADD COLUMN given_key VARCHAR(300) COLLATE "C" GENERATED ALWAYS AS (fold_name(given)) STORED NOT NULL;

CREATE INDEX ix_person_family ON person (family_key, given_key, id);

CREATE INDEX ix_person_given ON person (given_key, id);

CREATE INDEX ix_person_phone ON person (phone text_pattern_ops);

DROP INDEX ix_sale_account_id;

CREATE INDEX ix_sale_account_id ON sale (account_id, made_at, id) WHERE account_id IS NOT NULL;

CREATE INDEX ix_sale_staff_id ON sale (staff_id, made_at, id);

CREATE INDEX ix_line_discount_rule ON line_discount (rule, sale_id, line);

INSERT INTO abuse_limits (id) VALUES (1);

INSERT INTO account_event (account, at, by, kind, detail)
SELECT account, proved_on, checked_by, 'category_granted',
       jsonb_build_object('category', category, 'proved_on', proved_on, 'expires_on', expires_on)
FROM account_category ORDER BY proved_on, account, category;

INSERT INTO account_event (account, at, by, kind, detail)
SELECT account, ended_at, NULL, 'category_ended', jsonb_build_object('category', category)
FROM account_category WHERE ended_at IS NOT NULL ORDER BY ended_at, account, category;

GRANT SELECT, INSERT, UPDATE, DELETE ON "card_batch" TO tillcard_app;

GRANT SELECT, INSERT ON "account_event" TO tillcard_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON "personal_percent" TO tillcard_app;

CREATE TRIGGER touch_personal_percent BEFORE UPDATE ON "personal_percent" FOR EACH ROW EXECUTE FUNCTION touch_changed_xid();

GRANT SELECT, INSERT, UPDATE, DELETE ON "personal_price" TO tillcard_app;

CREATE TRIGGER touch_personal_price BEFORE UPDATE ON "personal_price" FOR EACH ROW EXECUTE FUNCTION touch_changed_xid();

GRANT SELECT, INSERT, UPDATE, DELETE ON "account_merge" TO tillcard_app;

GRANT SELECT, INSERT ON "merge_entry" TO tillcard_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON "abuse_limits" TO tillcard_app;

CREATE TRIGGER touch_abuse_limits BEFORE UPDATE ON "abuse_limits" FOR EACH ROW EXECUTE FUNCTION touch_changed_xid();

GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO tillcard_app;
