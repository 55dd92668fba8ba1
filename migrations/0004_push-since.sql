-- A person may keep what is older on the machine. Epoch ms; what was held back is not acknowledged, and is sent when this
-- moves to an earlier one.
alter table push_targets add column since integer not null default 0;
