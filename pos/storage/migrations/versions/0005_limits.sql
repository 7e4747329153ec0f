CREATE TABLE rule_use (
	source_id UUID NOT NULL,
	rule TEXT NOT NULL,
	kind TEXT NOT NULL,
	rule_set BIGINT NOT NULL,
	account_id UUID,
	sale_id UUID,
	times BIGINT NOT NULL,
	sum BIGINT NOT NULL,
	pieces BIGINT NOT NULL,
	business_date DATE NOT NULL,
	occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
	recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_rule_use PRIMARY KEY (source_id, rule)
);

CREATE INDEX ix_rule_use_account_id_rule ON rule_use (account_id, rule, business_date) WHERE account_id IS NOT NULL;

CREATE INDEX ix_rule_use_rule_recorded_at ON rule_use (rule, recorded_at) INCLUDE (times, sum, pieces);

CREATE INDEX ix_rule_use_sale_id ON rule_use (sale_id);

GRANT SELECT, INSERT ON "rule_use" TO tillcard_app;

CREATE TABLE rule_left (
	rule TEXT NOT NULL,
	times BIGINT DEFAULT 0 NOT NULL,
	sum BIGINT DEFAULT 0 NOT NULL,
	pieces BIGINT DEFAULT 0 NOT NULL,
	closed_times BIGINT DEFAULT 0 NOT NULL,
	closed_sum BIGINT DEFAULT 0 NOT NULL,
	closed_pieces BIGINT DEFAULT 0 NOT NULL,
	closed_until TIMESTAMP WITH TIME ZONE DEFAULT '1970-01-01 00:00:00+00' NOT NULL,
	changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT pk_rule_left PRIMARY KEY (rule)
);

CREATE INDEX ix_rule_left_changed_xid ON rule_left (changed_xid);

GRANT SELECT, INSERT, UPDATE, DELETE ON "rule_left" TO tillcard_app;

CREATE TRIGGER touch_rule_left BEFORE UPDATE ON "rule_left" FOR EACH ROW EXECUTE FUNCTION touch_changed_xid();

CREATE TABLE account_use (
	account UUID NOT NULL,
	changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT pk_account_use PRIMARY KEY (account)
);

CREATE INDEX ix_account_use_changed_xid ON account_use (changed_xid);

GRANT SELECT, INSERT, UPDATE, DELETE ON "account_use" TO tillcard_app;

CREATE TRIGGER touch_account_use BEFORE UPDATE ON "account_use" FOR EACH ROW EXECUTE FUNCTION touch_changed_xid();

CREATE TABLE coupon_batch (
	code VARCHAR(64) NOT NULL,
	kind VARCHAR(8) DEFAULT 'coupon' NOT NULL,
	name VARCHAR(200) NOT NULL,
	prefix VARCHAR(8) NOT NULL,
	size INTEGER NOT NULL,
	valid_from DATE,
	valid_until DATE,
	uses INTEGER,
	per_account INTEGER,
	whom VARCHAR(8) DEFAULT 'anyone' NOT NULL,
	offline VARCHAR(8) DEFAULT 'deny' NOT NULL,
	bonus BIGINT DEFAULT 0 NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	made_by UUID,
	stopped_at TIMESTAMP WITH TIME ZONE,
	changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT pk_coupon_batch PRIMARY KEY (code),
	CONSTRAINT ck_coupon_batch_kind CHECK (kind IN ('coupon', 'referral')),
	CONSTRAINT ck_coupon_batch_whom CHECK (whom IN ('anyone', 'account')),
	CONSTRAINT ck_coupon_batch_offline CHECK (offline IN ('deny', 'allow')),
	CONSTRAINT ck_coupon_batch_counts CHECK (uses >= 1 AND per_account >= 1 AND bonus >= 0 AND size >= 0),
	CONSTRAINT ck_coupon_batch_period CHECK (valid_until > valid_from)
);

CREATE INDEX ix_coupon_batch_changed_xid ON coupon_batch (changed_xid);

GRANT SELECT, INSERT, UPDATE, DELETE ON "coupon_batch" TO tillcard_app;

CREATE TRIGGER touch_coupon_batch BEFORE UPDATE ON "coupon_batch" FOR EACH ROW EXECUTE FUNCTION touch_changed_xid();

CREATE TABLE coupon (
	code VARCHAR(64) NOT NULL,
	batch VARCHAR(64) NOT NULL,
	account UUID,
	blocked VARCHAR(200),
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_coupon PRIMARY KEY (code),
	CONSTRAINT fk_coupon_batch FOREIGN KEY(batch) REFERENCES coupon_batch (code)
);

CREATE UNIQUE INDEX ix_coupon_account ON coupon (account, batch) WHERE account IS NOT NULL;

CREATE INDEX ix_coupon_batch ON coupon (batch, code);

GRANT SELECT, INSERT, UPDATE, DELETE ON "coupon" TO tillcard_app;

CREATE TABLE coupon_use (
	source_id UUID NOT NULL,
	coupon TEXT NOT NULL,
	kind TEXT NOT NULL,
	batch TEXT NOT NULL,
	account_id UUID,
	sale_id UUID NOT NULL,
	times BIGINT NOT NULL,
	occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
	recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_coupon_use PRIMARY KEY (source_id, coupon)
);

CREATE INDEX ix_coupon_use_account_id ON coupon_use (account_id, batch) WHERE account_id IS NOT NULL;

CREATE INDEX ix_coupon_use_coupon ON coupon_use (coupon);

CREATE INDEX ix_coupon_use_sale_id ON coupon_use (sale_id);

GRANT SELECT, INSERT ON "coupon_use" TO tillcard_app;

CREATE TABLE referral (
	newcomer UUID NOT NULL,
	referrer UUID NOT NULL,
	coupon TEXT NOT NULL,
	sale_id UUID NOT NULL,
	bonus BIGINT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_referral PRIMARY KEY (newcomer),
	CONSTRAINT ck_referral_not_oneself CHECK (newcomer <> referrer),
	CONSTRAINT uq_referral_sale_id UNIQUE (sale_id)
);

CREATE INDEX ix_referral_referrer ON referral (referrer, made_at);

GRANT SELECT, INSERT ON "referral" TO tillcard_app;

CREATE TABLE gift_card (
	id UUID NOT NULL,
	number VARCHAR(40) NOT NULL,
	order_id UUID NOT NULL,
	blocked VARCHAR(200),
	expires_on DATE,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	made_by UUID,
	CONSTRAINT pk_gift_card PRIMARY KEY (id),
	CONSTRAINT uq_gift_card_number UNIQUE (number)
);

CREATE INDEX ix_gift_card_expires_on ON gift_card (expires_on) WHERE expires_on IS NOT NULL;

CREATE INDEX ix_gift_card_order_id ON gift_card (order_id, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON "gift_card" TO tillcard_app;

CREATE TABLE gift_card_entry (
	source_id UUID NOT NULL,
	kind TEXT NOT NULL,
	place INTEGER NOT NULL,
	card_id UUID NOT NULL,
	amount BIGINT NOT NULL,
	occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
	recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
	reason TEXT NOT NULL,
	staff_id UUID,
	CONSTRAINT pk_gift_card_entry PRIMARY KEY (source_id, kind, place),
	CONSTRAINT ck_gift_card_entry_amount CHECK (amount <> 0)
);

CREATE INDEX ix_gift_card_entry_card_id ON gift_card_entry (card_id, occurred_at);

GRANT SELECT, INSERT ON "gift_card_entry" TO tillcard_app;

CREATE TABLE gift_card_settings (
	id INTEGER NOT NULL,
	prefix VARCHAR(4) DEFAULT 'GC' NOT NULL,
	offline VARCHAR(8) DEFAULT 'deny' NOT NULL,
	offline_most BIGINT DEFAULT 0 NOT NULL,
	valid_months INTEGER,
	changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT pk_gift_card_settings PRIMARY KEY (id),
	CONSTRAINT ck_gift_card_settings_one CHECK (id = 1),
	CONSTRAINT ck_gift_card_settings_offline CHECK (offline IN ('deny', 'cap')),
	CONSTRAINT ck_gift_card_settings_values CHECK (offline_most >= 0 AND valid_months BETWEEN 1 AND 600),
	CONSTRAINT ck_gift_card_settings_prefix CHECK (prefix ~ '^[A-Z]{2,4}$')
);

GRANT SELECT, INSERT, UPDATE, DELETE ON "gift_card_settings" TO tillcard_app;

CREATE TRIGGER touch_gift_card_settings BEFORE UPDATE ON "gift_card_settings" FOR EACH ROW EXECUTE FUNCTION touch_changed_xid();

CREATE TABLE debt_account (
	account UUID NOT NULL,
	most BIGINT DEFAULT 0 NOT NULL,
	due_days INTEGER DEFAULT 30 NOT NULL,
	owed BIGINT DEFAULT 0 NOT NULL,
	changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT pk_debt_account PRIMARY KEY (account),
	CONSTRAINT ck_debt_account_most CHECK (most >= 0),
	CONSTRAINT ck_debt_account_due_days CHECK (due_days BETWEEN 0 AND 3650),
	CONSTRAINT fk_debt_account_account FOREIGN KEY(account) REFERENCES account (id)
);

CREATE INDEX ix_debt_account_changed_xid ON debt_account (changed_xid);

GRANT SELECT, INSERT, UPDATE, DELETE ON "debt_account" TO tillcard_app;

CREATE TRIGGER touch_debt_account BEFORE UPDATE ON "debt_account" FOR EACH ROW EXECUTE FUNCTION touch_changed_xid();

CREATE TABLE debt_entry (
	source_id UUID NOT NULL,
	kind TEXT NOT NULL,
	account_id UUID NOT NULL,
	amount BIGINT NOT NULL,
	occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
	recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
	reason TEXT NOT NULL,
	staff_id UUID,
	CONSTRAINT pk_debt_entry PRIMARY KEY (source_id),
	CONSTRAINT ck_debt_entry_amount CHECK (amount <> 0)
);

CREATE INDEX ix_debt_entry_account_id ON debt_entry (account_id, occurred_at);

GRANT SELECT, INSERT ON "debt_entry" TO tillcard_app;

CREATE TABLE reservation (
	id UUID NOT NULL,
	register_id UUID NOT NULL,
	account UUID,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	released_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_reservation PRIMARY KEY (id)
);

CREATE INDEX ix_reservation_expires_at ON reservation (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON "reservation" TO tillcard_app;

CREATE TABLE reservation_item (
	reservation UUID NOT NULL,
	kind VARCHAR(10) NOT NULL,
	subject VARCHAR(64) NOT NULL,
	place INTEGER DEFAULT 0 NOT NULL,
	amount BIGINT DEFAULT 0 NOT NULL,
	times BIGINT DEFAULT 0 NOT NULL,
	pieces BIGINT DEFAULT 0 NOT NULL,
	CONSTRAINT pk_reservation_item PRIMARY KEY (reservation, kind, subject, place),
	CONSTRAINT ck_reservation_item_kind CHECK (kind IN ('points', 'coupon', 'gift_card', 'rule', 'debt', 'refund')),
	CONSTRAINT ck_reservation_item_amounts CHECK (amount >= 0 AND times >= 0 AND pieces >= 0),
	CONSTRAINT fk_reservation_item_reservation FOREIGN KEY(reservation) REFERENCES reservation (id) ON DELETE CASCADE
);

CREATE INDEX ix_reservation_item_subject ON reservation_item (kind, subject);

GRANT SELECT, INSERT, UPDATE, DELETE ON "reservation_item" TO tillcard_app;

CREATE TABLE reservation_settled (
	document_id UUID NOT NULL,
	reservation_id UUID NOT NULL,
	CONSTRAINT pk_reservation_settled PRIMARY KEY (document_id)
);

CREATE INDEX ix_reservation_settled_reservation_id ON reservation_settled (reservation_id);

GRANT SELECT, INSERT ON "reservation_settled" TO tillcard_app;

CREATE TABLE sale_refundable (
	sale_id UUID NOT NULL,
	CONSTRAINT pk_sale_refundable PRIMARY KEY (sale_id),
	CONSTRAINT fk_sale_refundable_sale_id FOREIGN KEY(sale_id) REFERENCES document (id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON "sale_refundable" TO tillcard_app;
