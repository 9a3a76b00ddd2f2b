-- The tables of Aerolind, each one statement; `generate.py` says what they are about, sets the variables
-- `seed`, `scale`, `people` and `visits`, and writes those that it lists. One thing leads to the next, downwards.

create macro beginning() as timestamp '2024-01-01';
create macro ending() as timestamp '2026-01-01';
-- A number from 0 to 1, 1 excluded, for what is decided and for whom.
create macro chance(what, whom) as
  (md5_number_lower(concat(getvariable('seed'), what, ':', whom)) >> 11) / 9007199254740992.0;
create macro later(moment, seconds) as moment + to_seconds(cast(floor(seconds) as bigint));
create macro days_later(moment, days) as later(moment, days * 86400);
-- The place of one of many, first to last, in the two years: slowly at first, then faster.
create macro growing(place) as 731 * place * (1.35 - 0.35 * place);
-- The help desk writes down local time: two hours after UTC in summer, one in winter.
create macro local(moment) as moment + case
  when moment between timestamp '2024-03-31 01:00:00' and timestamp '2024-10-27 00:59:59'
    or moment between timestamp '2025-03-30 01:00:00' and timestamp '2025-10-26 00:59:59'
  then interval 2 hour else interval 1 hour end;
create macro working_hour(moment, luck) as
  later(date_trunc('day', moment), 7 * 3600 + luck * 11 * 3600);
create macro country(luck) as case
  when luck < 0.40 then 'DE' when luck < 0.52 then 'AT' when luck < 0.66 then 'CH'
  when luck < 0.80 then 'FR' when luck < 0.92 then 'GB' else 'NL' end;
create macro device(luck) as
  case when luck < 0.55 then 'desktop' when luck < 0.94 then 'mobile' else 'tablet' end;
create macro advertising_paused(channel, moment) as
  channel = 'paid_social' and moment >= timestamp '2025-02-01' and moment < timestamp '2025-03-01';
create macro currency(country) as
  case country when 'CH' then 'CHF' when 'GB' then 'GBP' else 'EUR' end;
-- A price of the list in another currency, as the shop asks it: never by the rate of the day.
create macro asked(euros, currency) as cast(
  euros * case currency when 'CHF' then 0.98 when 'GBP' then 0.86 else 1.00 end as decimal(12, 2));

create table campaigns as
select * from (
  select n as campaign_id, format('Newsletter {}', n) as name, 'email' as channel, 'one_off' as kind,
         timestamp '2024-01-09 08:00:00' + to_days(14 * (n - 1)) as launched_at
  from range(1, 53) as t(n)
  where n not in (16, 17)  -- the summer of 2024: nobody was there to write one
  union all
  select 100 + n, format('Offer {}', n), 'email', 'one_off',
         timestamp '2024-01-18 09:00:00' + to_days(28 * (n - 1))
  from range(1, 27) as t(n)
  union all
  select * from (values
    (201, 'Welcome', 'email', 'automation', timestamp '2023-01-02'),
    (202, 'First steps', 'email', 'automation', timestamp '2023-01-02'),
    (203, 'Trial ends', 'email', 'automation', timestamp '2024-03-01'),
    (301, 'Search: brand', 'paid_search', 'ads', timestamp '2023-06-01'),
    (302, 'Search: sensors', 'paid_search', 'ads', timestamp '2023-06-01'),
    (303, 'Search: schools', 'paid_search', 'ads', timestamp '2024-09-02'),
    (401, 'Social: offices', 'paid_social', 'ads', timestamp '2023-10-02'),
    (402, 'Social: come back', 'paid_social', 'ads', timestamp '2023-10-02'))
) order by campaign_id;

-- Everybody who ever left an address, those included who were forgotten later.
create table people as
select
  n as contact_id,
  case when place < 0.3 then working_hour(days_later(beginning(), -540 * (0.3 - place) / 0.3 - 1), chance('hour', n))
       else working_hour(days_later(beginning(), growing((place - 0.3) / 0.7)), chance('hour', n)) end as created_at,
  case when luck < 0.24 then 'organic' when luck < 0.44 then 'paid_search' when luck < 0.60 then 'paid_social'
       when luck < 0.73 then 'referral' when luck < 0.82 then 'event' else 'direct' end as wanted_channel,
  case when advertising_paused(wanted_channel, created_at) then 'organic' else wanted_channel end as source_channel,
  country(chance('country', n)) as country,
  chance('internal', n) < 0.012 as is_internal,
  chance('forgotten', n) < 0.02 as is_forgotten
from (select n, (n - 0.5) / getvariable('people') as place, chance('channel', n) as luck
      from range(1, getvariable('people') + 1) as t(n));

-- How far each got on the way to a contract, and when. Nobody takes a step before the one that goes before it.
create table deals as
select *,
  case when opportunity_at is not null and closing < ending() then closing end as closed_at,
  closed_at is not null and chance('won', contact_id) < 0.42 as is_won,
  cast(floor(1200 + 16000 * chance('deal', contact_id) * chance('size', contact_id)) / 10 as integer) * 10 as amount
from (
  select *, days_later(opportunity_at, 9 + 75 * chance('closing', contact_id)) as closing from (
    select *, case when sql_at is not null and chance('opportunity', contact_id) < 0.72
                   then days_later(sql_at, 1 + 14 * chance('until opportunity', contact_id)) end as opportunity_at
    from (
      select *, case when mql_at is not null and chance('sql', contact_id) < 0.6
                     then days_later(mql_at, 1 + 20 * chance('until sql', contact_id)) end as sql_at
      from (
        select *, case when lead_at is not null and chance('mql', contact_id) < case source_channel
                              when 'referral' then 0.66 when 'event' then 0.58 when 'organic' then 0.52
                              when 'paid_search' then 0.46 when 'direct' then 0.44 else 0.28 end
                       then days_later(lead_at, 30 * chance('until mql', contact_id) * chance('haste', contact_id))
                       end as mql_at
        from (select contact_id, source_channel, country, created_at,
                     case when chance('lead', contact_id) < 0.88
                          then later(created_at, 20 + 3600 * chance('until lead', contact_id)) end as lead_at
              from people)))));

create table lifecycle_events as
select row_number() over (order by occurred_at, contact_id, to_stage) as lifecycle_event_id, *
from (
  select contact_id, 'lead' as to_stage, lead_at as occurred_at from deals
  union all select contact_id, 'mql', mql_at from deals
  union all select contact_id, 'sql', sql_at from deals
  union all select contact_id, 'opportunity', opportunity_at from deals
  union all select contact_id, 'customer', closed_at from deals where is_won
  union all
  select contact_id, 'rejected', days_later(mql_at, 4 + 12 * chance('until rejected', contact_id))
  from deals where mql_at is not null and sql_at is null and chance('rejected', contact_id) < 0.6
)
where occurred_at < ending()
order by lifecycle_event_id;

-- Who bought: by contract, in the shop, or both; and until when they stayed.
create table buyers as
select *, contact_id * 10 + 7 as customer_id,
  case when contract_at is not null or chance('subscribes', contact_id) < 0.45
       then days_later(acquired_at, 0.2 + 9 * chance('until subscription', contact_id)) end as subscribed_at,
  case when contract_at is not null then 180 + 1500 * chance('stays', contact_id)
       else 45 + 800 * chance('stays', contact_id) end as stays
from (
  select *, least(contract_at, shop_at) as acquired_at from (
    select deals.contact_id, people.country, people.source_channel, is_forgotten, amount,
           case when is_won then closed_at end as contract_at,
           case when chance('shop', deals.contact_id) < 0.24
                then days_later(deals.created_at, 50 * chance('until shop', deals.contact_id)
                                                     * chance('urge', deals.contact_id)) end as shop_at
    from deals join people using (contact_id)))
where acquired_at < ending();

create table subscriptions as
select row_number() over (order by started_at, customer_id) as subscription_id, *,
       asked(case plan when 'business' then 499 when 'team' then 149 else 29 end, currency(country)) as monthly_price,
       currency(country) as currency
from (
  select customer_id, country, plan, began as started_at,
         case when ends < ending() then ends end as ended_at
  from (
    select customer_id, country, subscribed_at as began, days_later(subscribed_at, stays) as ends,
           case when amount >= 6000 and contract_at is not null then 'business'
                when contract_at is not null or chance('team', contact_id) < 0.2 then 'team' else 'starter' end as plan
    from buyers where subscribed_at < ending()
    union all
    -- some who left come back, most of them smaller
    select customer_id, country, days_later(subscribed_at, stays + 35 + 120 * chance('gap', contact_id)),
           days_later(subscribed_at, stays + 400 + 900 * chance('stays again', contact_id)),
           case when chance('same plan', contact_id) < 0.4 and contract_at is not null then 'team' else 'starter' end
    from buyers where chance('comes back', contact_id) < 0.3)
  where began < ending())
order by subscription_id;

-- Those who asked to be forgotten are gone; their orders are not.
create table customers as
select customer_id, contact_id, acquired_at,
       case when last_ended < ending() then last_ended end as churned_at, source_channel, country,
       case when contract_at is not null then 'contract' else 'shop' end as segment
from buyers
left join (select customer_id, max(coalesce(ended_at, timestamp '9999-01-01')) as last_ended
           from subscriptions group by customer_id) using (customer_id)
where not is_forgotten
order by customer_id;

create table contacts as
select contact_id, created_at,
       case when chance('deleted', contact_id) < 0.03 and removed < ending() then removed end as deleted_at,
       source_channel, case when chance('unknown', contact_id) < 0.03 then null else country end as country,
       customers.customer_id, is_internal
from (select *, days_later(created_at, 30 + 600 * chance('removed', contact_id)) as removed from people) as people
left join (select contact_id, customer_id from customers) as customers using (contact_id)
where not is_forgotten
order by contact_id;

-- One version for each tier that a customer had, in force from one moment to the next.
create table customer_tiers as
select customer_id, ['bronze', 'silver', 'gold', 'platinum'][step + 1] as tier, reached as valid_from,
       lead(reached) over (partition by customer_id order by step) as valid_to
from (
  select customer_id, step, days_later(acquired_at, sum(wait) over (partition by customer_id order by step)) as reached
  from (
    select customer_id, acquired_at, step,
           case when step > 0 then 70 + 240 * chance('tier', concat(contact_id, '-', step)) * chance('rise', contact_id)
                else 0 end as wait
    from buyers, range(4) as t(step)
    where step <= floor(4.4 * chance('worth', contact_id) * chance('rise', contact_id))))
where reached < ending()
order by customer_id, valid_from;

create table products as
select product_id, name, category, revenue_stream, cast(weight as double) as weight_kg, delivery_days
from (values
  (1, 'Room sensor', 'sensors', 'product', 0.35, 3), (2, 'Room sensor CO2', 'sensors', 'product', 0.42, 3),
  (3, 'Duct sensor', 'sensors', 'product', 0.8, 5), (4, 'Outdoor station', 'stations', 'product', 3.2, 10),
  (5, 'Laboratory station', 'stations', 'product', 6.5, 21), (6, 'Gateway', 'accessories', 'product', 0.6, 3),
  (7, 'Wall bracket', 'accessories', 'product', 0.25, 3), (8, 'Filter cartridge', 'consumables', 'product', 0.1, 3),
  (9, 'Calibration', 'services', 'service', 0, 14), (10, 'Installation', 'services', 'service', 0, 14)
) as t(product_id, name, category, revenue_stream, weight, delivery_days);

-- The list of prices in euros, and what things cost us: three versions, one from July 2024, one from April 2025.
create table prices as
select product_id, valid_from, lead(valid_from) over (partition by product_id order by valid_from) as valid_to,
       cast(list * rise as decimal(10, 2)) as list_price, cast(list * part * cost_rise as decimal(10, 2)) as unit_cost
from (values (1, 89, 0.42), (2, 139, 0.45), (3, 179, 0.47), (4, 420, 0.52), (5, 1190, 0.55), (6, 110, 0.5),
             (7, 12, 0.25), (8, 24, 0.3), (9, 95, 0.62), (10, 180, 0.7)) as t(product_id, list, part),
     (values (timestamp '2022-01-01', 1.00, 1.00), (timestamp '2024-06-30 22:00:00', 1.05, 1.02),
             (timestamp '2025-03-31 22:00:00', 1.08, 1.09)) as v(valid_from, rise, cost_rise)
order by product_id, valid_from;

-- Euros for one unit, day by day: a slow wave of straight lines, and a little noise.
create table fx_rates as
select currency, cast(day as date) as rate_date,
       cast(base + swing * abs((days % 240) / 120.0 - 1) + 0.004 * chance('rate', concat(currency, days))
            as decimal(12, 6)) as rate
from (select unnest(generate_series(date '2022-06-01', date '2026-01-31', interval 1 day)) as day),
     (values ('EUR', 1.0, 0.0), ('CHF', 1.02, 0.05), ('GBP', 1.15, 0.04)) as t(currency, base, swing),
     lateral (select date_diff('day', date '2022-06-01', day) as days)
where currency <> 'EUR'
union all
select 'EUR', cast(unnest(generate_series(date '2022-06-01', date '2026-01-31', interval 1 day)) as date), 1.0
order by currency, rate_date;

-- Orders as they were made: the first with the contract or in the shop, then again and again until interest fades.
create table purchases as
select *, row_number() over (order by ordered_at, customer_id) as order_id from (
  select *, case
      -- two nights in which the clocks change, and the shop sells
      when chance('night', concat(customer_id, '-', nth)) < 0.1 and wanted between timestamp '2024-03-20' and timestamp '2024-04-12'
        then later(timestamp '2024-03-31 00:00:00', 10800 * chance('small hour', concat(customer_id, '-', nth)))
      when chance('night', concat(customer_id, '-', nth)) < 0.1 and wanted between timestamp '2024-10-17' and timestamp '2024-11-07'
        then later(timestamp '2024-10-26 22:30:00', 12600 * chance('small hour', concat(customer_id, '-', nth)))
      else wanted end as ordered_at
  from (
    select customer_id, contact_id, country, source_channel, contract_at, nth,
           days_later(acquired_at, coalesce(sum(gap) over (partition by customer_id order by nth
                                       rows between unbounded preceding and 1 preceding), 0)) as wanted
    from (
      select *, 6 + 210 * chance('gap', concat(customer_id, '-', nth)) * chance('need', concat(customer_id, '-', nth))
             as gap
      from buyers, range(1, 15) as t(nth)
      where nth <= 1 + floor(13 * chance('loyal', contact_id) * chance('fond', contact_id))))
) where ordered_at < ending();

create table email_lists as
select * from (values ('newsletter', 0.82), ('offers', 0.46)) as t(list_id, part);

-- Who is on which list, from when, and which mail is the last one: after it they leave, or their address is dead.
create table memberships as
select *, case when first_mail <= 1 then 1 else first_mail end as first_number,
  case when chance('leaves', key) < 0.24 then first_number + floor(40 * chance('last', key)) end as leaves_at,
  case when chance('dead', key) < 0.045 then first_number + floor(30 * chance('dead at', key)) end as dead_at
from (
  select contact_id, list_id, concat(list_id, contact_id) as key,
         later(created_at, 30 + 600 * chance('joins', concat(list_id, contact_id))) as joined_at,
         case list_id when 'newsletter'
           then 1 + cast(ceil((epoch(joined_at) - epoch(timestamp '2024-01-09 08:00:00')) / (14 * 86400)) as integer)
           else 1 + cast(ceil((epoch(joined_at) - epoch(timestamp '2024-01-18 09:00:00')) / (28 * 86400)) as integer)
         end as first_mail
  from people, email_lists
  where chance('wants', concat(list_id, contact_id)) < part);

-- One row for each mail to each person, and what will become of it.
create view sent_mails as
select *,
  greatest(0.04, 0.62 * chance('fond of mail', contact_id)) as interest,
  campaign_id * 1000000 + contact_id as message_id,
  chance('machine', contact_id) < 0.14 as has_machine,
  chance('scanner', contact_id) < 0.05 as has_scanner
from (
  select contact_id, list_id, campaign_id,
         later(launched_at, 1800 * (contact_id / getvariable('people'))) as sent_at,
         number is not distinct from leaves_at as leaves,
         number is not distinct from dead_at as dies
  from memberships
  join (select campaign_id, launched_at, case when campaign_id < 100 then 'newsletter' else 'offers' end as list_id,
               campaign_id % 100 as number
        from campaigns where campaign_id < 200) using (list_id)
  where number >= first_number and number <= least(coalesce(leaves_at, 9999), coalesce(dead_at, 9999))
  union all
  select contact_id, null, 201, later(created_at, 120), false, false from people where created_at >= beginning()
  union all
  select contact_id, null, 202, days_later(created_at, 3), false, false from people where created_at >= beginning()
  union all
  select contact_id, null, 203, days_later(lead_at, 27), false, false from deals
  where lead_at >= timestamp '2024-03-01' and mql_at is null
)
where sent_at < ending();

create table opened_mails as
select *, later(sent_at, 45 + 345600 * chance('delay', message_id) * chance('calm', message_id)
                             * chance('sleep', message_id)) as opened_at
from (
  select *,
    case when dies then 'hard' when chance('soft', message_id) < 0.012 then 'soft' end as bounce_class,
    not dies and (leaves or chance('opens', message_id) < interest) as opens,
    not dies and (leaves or (opens and chance('clicks', message_id) < 0.13)) as clicks
  from sent_mails);

-- `step` tells the events of a mail apart. A mail that bounced softly is tried again and may still be read.
create view all_email_events as
select message_id * 10 + step as event_id, message_id, contact_id, list_id, campaign_id, event_type, bounce_class,
       is_machine, occurred_at,
       case when chance('late', concat(message_id, '-', step)) < 0.02
            then later(date_trunc('hour', occurred_at) + interval 1 hour,
                       3600 * (20 + floor(70 * chance('how late', message_id))))
            else date_trunc('hour', occurred_at) + interval 1 hour end as ingested_at
from (
  select message_id, contact_id, list_id, campaign_id, 0 as step, 'sent' as event_type,
         null as bounce_class, false as is_machine, sent_at as occurred_at from opened_mails
  union all
  select message_id, contact_id, list_id, campaign_id, 1, 'bounce', bounce_class, false, later(sent_at, 20)
  from opened_mails where bounce_class is not null
  union all
  select message_id, contact_id, list_id, campaign_id, 2, 'open', null, true, later(sent_at, 55)
  from opened_mails where has_machine and not dies
  union all
  select message_id, contact_id, list_id, campaign_id, 3, 'click', null, true, later(sent_at, 60)
  from opened_mails where has_scanner and not dies
  union all
  select message_id, contact_id, list_id, campaign_id, 4, 'open', null, false, opened_at from opened_mails where opens
  union all
  select message_id, contact_id, list_id, campaign_id, 5, 'open', null, false,
         later(opened_at, 3600 + 172800 * chance('again', message_id))
  from opened_mails where opens and chance('opens again', message_id) < 0.22
  union all
  select message_id, contact_id, list_id, campaign_id, 6, 'click', null, false, later(opened_at, 4 + 90 * interest)
  from opened_mails where clicks and not leaves
  union all
  select message_id, contact_id, list_id, campaign_id, 7, 'unsubscribe', null, false, later(opened_at, 100)
  from opened_mails where leaves and not dies
  union all
  select message_id, contact_id, list_id, campaign_id, 8, 'complaint', null, false, later(opened_at, 400)
  from opened_mails where opens and chance('complains', message_id) < 0.004
)
where occurred_at < ending();

create table email_events as
select * from all_email_events order by occurred_at, event_id;

create table list_members as
select contact_id, list_id, joined_at, left_at, key_consent as consent
from (select *, case when chance('double', key) < 0.7 then 'double' else 'single' end as key_consent from memberships)
left join (select contact_id, list_id, min(occurred_at) as left_at from email_events
           where event_type = 'unsubscribe' or bounce_class = 'hard' group by all) using (contact_id, list_id)
order by contact_id, list_id;

-- Visits before they have numbers. `origin` says what they belong to.
create table visits as
select 'v' || n as origin, concat('a', cast(floor(n * (0.55 + 0.45 * chance('same', n))) as integer)) as visitor_id,
       null::bigint as contact_id, started_at, wanted_channel as channel, device(chance('device', n)) as device,
       country(chance('land', n)) as country,
       case when chance('bounces', n) < case wanted_channel when 'paid_social' then 0.66 when 'referral' then 0.38
                                             else 0.47 end then 1
            else 2 + cast(floor(11 * chance('pages', n) * chance('curious', n)) as integer) end as pageviews,
       null::integer as campaign_id
from (
  select *, case when luck < 0.40 then 'organic' when luck < 0.60 then 'paid_search' when luck < 0.76 then 'paid_social'
                 when luck < 0.83 then 'referral' when luck < 0.97 then 'direct' end as wanted_channel
  from (
    select n, chance('came by', n) as luck,
           later(day - case when dayofweek(day) in (0, 6) and chance('rests', n) < 0.45 then interval 2 day
                            else interval 0 day end, 86400 * (0.2 + 0.7 * chance('time', n))) as started_at
    from (
      -- In summer windows are open: part of July's visits come in November instead.
      select n, case when month(day) in (6, 7) and chance('season', n) < 0.35 then day + interval 120 day else day end as day
      from (select n, date_trunc('day', days_later(beginning(), growing((n - 0.5) / getvariable('visits')))) as day
            from range(1, getvariable('visits') + 1) as t(n)))))
where not coalesce(advertising_paused(wanted_channel, started_at), false)
  and started_at >= beginning() and started_at < ending()
union all
-- the visit in which somebody left an address
select 'c' || contact_id, 'p' || contact_id, contact_id, later(created_at, -600 * chance('looks', contact_id) - 60),
       source_channel, device(chance('own device', contact_id)), country, 3, null
from people where created_at >= beginning() + interval 1 hour and source_channel <> 'event'
union all
-- a click in a mail, followed by a visit
select 'e' || event_id, 'p' || contact_id, contact_id, later(occurred_at, 3), 'email',
       device(chance('own device', contact_id)), country, 1 + cast(floor(6 * chance('reads', event_id)) as integer),
       campaign_id
from email_events join (select contact_id, country from people) as people using (contact_id)
where event_type = 'click' and not is_machine and chance('arrives', event_id) < 0.9
union all
-- a purchase in the shop, and the visit that led to it
select 'o' || order_id, 'p' || contact_id, contact_id, later(ordered_at, -300 - 2400 * chance('ponders', order_id)),
       case when nth = 1 and source_channel <> 'event' and not advertising_paused(source_channel, ordered_at) then source_channel
            when chance('again by', order_id) < 0.34 then 'email' when chance('again by', order_id) < 0.64 then 'direct'
            when chance('again by', order_id) < 0.82 then 'organic' else 'paid_search' end,
       device(chance('own device', contact_id)), country, 4 + cast(floor(9 * chance('browses', order_id)) as integer), null
from purchases where (contract_at is null or nth > 1) and ordered_at >= beginning() + interval 1 hour;

create table numbered_visits as
select *, row_number() over (order by started_at, origin) as session_id from visits;

create table web_sessions as
select session_id, visitor_id, contact_id, started_at, channel, campaign_id, device,
       case when chance('hidden', session_id) < 0.02 then null else country end as country, pageviews,
       case when pageviews = 1 then cast(floor(25 * chance('stays', session_id)) as integer)
            else cast(floor(pageviews * (10 + 80 * chance('stays', session_id))) as integer) end as engaged_seconds,
       contact_id is null and chance('robot', session_id) < 0.03 as is_bot
from numbered_visits
order by session_id;

create table order_lines_drafted as
select order_id, line, customer_id, country, ordered_at, contract_at, nth, currency(country) as currency,
  1 + cast(floor(10 * chance('product', concat(order_id, '-', line)) * chance('taste', concat(order_id, '-', line)))
           as integer) as product_id,
  case when contract_at is not null and nth = 1 then 3 + cast(floor(24 * chance('fleet', order_id)) as integer)
       else 1 + cast(floor(4 * chance('many', concat(order_id, '-', line)) * chance('more', order_id)) as integer) end
    as quantity,
  case when contract_at is not null then 0.12 when chance('coupon', order_id) < 0.2 then 0.1 else 0 end as discount,
  chance('sent back', order_id) < 0.07 as goes_back,
  days_later(ordered_at, 3 + 25 * chance('until back', order_id)) as back_at
from purchases, range(1, 4) as t(line)
where line <= 1 + floor(2.6 * chance('lines', order_id));

create table orders as
select order_id, customer_id, session_id, ordered_at, currency(country) as currency,
       case when goes_back and back_at < ending() then 'refunded'
            when chance('cancelled', order_id) < 0.015 then 'cancelled' else 'paid' end as status,
       case when contract_at is not null and nth = 1 then 'sales' else 'shop' end as sold_by,
       case when discount = 0.1 then 'AIR10' end as coupon, cast(100 * discount as integer) as discount_percent
from purchases
join (select order_id, any_value(goes_back) as goes_back, any_value(back_at) as back_at,
             any_value(discount) as discount from order_lines_drafted group by order_id) using (order_id)
left join (select session_id, cast(origin[2:] as bigint) as order_id from numbered_visits where origin[1] = 'o')
  using (order_id)
order by order_id;

-- What goes back is a line of its own, with its own day and a negative amount.
create table order_lines as
with priced as (
  select order_id, line, product_id, ordered_at, back_at, quantity, order_lines_drafted.currency as currency, status,
         cast(asked(list_price, order_lines_drafted.currency) * quantity * (1 - discount) as decimal(12, 2)) as amount
  from order_lines_drafted join orders using (order_id, ordered_at) join prices using (product_id)
  where ordered_at >= valid_from and (valid_to is null or ordered_at < valid_to))
select row_number() over (order by booked_at, order_id, line, kind) as order_line_id,
       order_id, product_id, kind, booked_at, quantity, amount, currency
from (
  select *, 'sale' as kind, ordered_at as booked_at from priced
  union all
  select * replace (-quantity as quantity, -amount as amount), 'refund', back_at
  from priced where status = 'refunded' and (line = 1 or chance('all of it', order_id) < 0.7)
)
order by order_line_id;

create table invoices as
select row_number() over (order by issued_on, subscription_id) as invoice_id, *
from (
  select subscription_id, cast(started_at as date) + to_months(month) as due, cast(due as date) as issued_on,
         monthly_price as amount, currency,
         case when chance('pays', concat(subscription_id, '-', month)) < 0.97 then 'paid' else 'open' end as status
  from subscriptions, range(60) as t(month)
  where due < least(coalesce(ended_at, ending()), ending()))
order by invoice_id;

-- A balance, counted on the first of each month: seats in use. In May 2025 the count of the small plans was lost.
create table seat_counts as
select subscription_id, counted_on, case plan when 'starter' then 1 else seats end as seats
from (
  select subscription_id, plan, cast(month as date) as counted_on,
         2 + cast(floor(30 * chance('seats', subscription_id) * chance('staff', subscription_id)
                        + 0.4 * date_diff('month', started_at, month)) as integer) as seats
  from subscriptions, (select unnest(generate_series(beginning(), ending() - interval 1 day, interval 1 month)) as month)
  where month >= started_at and (ended_at is null or month < ended_at))
where not (plan = 'starter' and counted_on = date '2025-05-01')
order by counted_on, subscription_id;

-- The feed repeats itself: each change is a row, and one in twenty rows comes twice.
create table opportunities as
select opportunity_id, contact_id, referrer_id, sale_type, created_at, closed_at, status, amount, updated_at
from (
  select *, chance('delivered twice', concat(opportunity_id, status)) < 0.05 as twice,
         case when chance('by whom', opportunity_id) < 0.25
              then 1 + cast(floor(contact_id * chance('recommended', opportunity_id)) as bigint) end as referrer_id
  from (
    select contact_id * 10 + 1 as opportunity_id, contact_id, 'new' as sale_type, opportunity_at as created_at,
           null::timestamp as closed_at, 'open' as status, amount, opportunity_at as updated_at
    from deals where opportunity_at < ending()
    union all
    select contact_id * 10 + 1, contact_id, 'new', opportunity_at, closed_at,
           case when is_won then 'won' else 'lost' end,
           case when is_won and chance('bargain', contact_id) < 0.3 then cast(amount * 0.9 as integer) else amount end,
           later(closed_at, 7200 * chance('noted', contact_id))
    from deals where closed_at is not null
    union all
    select contact_id * 10 + 2, contact_id, 'upsell', bought, days_later(bought, 20),
           case when chance('upsold', contact_id) < 0.55 then 'won' else 'lost' end, cast(amount * 0.4 as integer),
           days_later(bought, 20)
    from (select *, days_later(contract_at, 150 + 200 * chance('until more', contact_id)) as bought from buyers
          where contract_at is not null and chance('more', contact_id) < 0.4)
    where bought + interval 20 day < ending()))
, range(2) as t(copy)
where copy = 0 or twice
order by updated_at, opportunity_id, copy;

create table survey_responses as
select row_number() over (order by sent_at, customer_id) as response_id, customer_id, sent_at,
       case when answers then days_later(sent_at, 0.01 + 6 * chance('answers after', concat(customer_id, wave))) end
         as responded_at,
       case when answers then cast(least(10, floor(2 + 9.5 * greatest(chance('score', concat(customer_id, wave)),
                                                                     chance('likes us', customer_id)))) as integer) end
         as score
from (
  select customer_id, wave, wave as sent_at, chance('responds', concat(customer_id, wave)) < 0.44 as answers
  from customers, (select unnest(generate_series(timestamp '2024-01-11 09:00:00', timestamp '2025-12-11 09:00:00',
                                                 interval 1 month)) as wave)
  where (customer_id // 10) % 3 = month(wave) % 3 and acquired_at < wave and (churned_at is null or churned_at > wave))
order by response_id;

create table tickets as
select row_number() over (order by opened, subscription_id) as ticket_id, subscription_id, local(opened) as opened_at,
       case when chance('reply', key) < 0.96
            then local(later(opened, 300 + 108000 * chance('wait', key) * chance('queue', key))) end as first_reply_at,
       case when chance('reply', key) < 0.9
            then local(later(opened, 7200 + 500000 * chance('work', key) * chance('queue', key))) end as solved_at,
       case when chance('urgent', key) < 0.06 then 'urgent' when chance('urgent', key) < 0.22 then 'high'
            when chance('urgent', key) < 0.8 then 'normal' else 'low' end as priority
from (
  select subscription_id, concat(subscription_id, '-', month) as key,
         working_hour(days_later(started_at, 30 * month + 28 * chance('day', concat(subscription_id, '-', month))),
                      chance('at', concat(subscription_id, '-', month))) as opened, ended_at
  from subscriptions, range(48) as t(month)
  where chance('trouble', concat(subscription_id, '-', month)) < case when month = 0 then 0.5 else 0.16 end)
where opened >= beginning() and opened < least(coalesce(ended_at, ending()), ending())
order by ticket_id;

-- What a contact saw of us, drawn from visits, clicks, fairs and calls.
create table touchpoints as
select row_number() over (order by occurred_at, contact_id, role, channel) as touchpoint_id, *
from (
  select contact_id, days_later(created_at, -20 * chance('saw us', contact_id) * chance('mulls', contact_id) - 0.01)
           as occurred_at,
         source_channel as channel, null::integer as campaign_id, 'first_touch' as role from people
  union all
  select contact_id, lead_at, source_channel, null, 'lead_creation' from deals where lead_at is not null
  union all
  select contact_id, later(opportunity_at, -3600), 'sales', null, 'opportunity_creation'
  from deals where opportunity_at < ending()
  union all
  select contact_id, started_at, channel, campaign_id, 'other' from numbered_visits
  where contact_id is not null and origin[1] <> 'c' and channel is not null
)
where occurred_at < ending()
order by touchpoint_id;

create table google_ads as
select campaign_id, cast(day as date) as date,
       cast(clicks * (7 + 6 * chance('price', concat(campaign_id, day))) * 100 as bigint) * 10000 as cost_micros,
       clicks * 18 + cast(floor(30 * chance('seen', concat(campaign_id, day))) as integer) as impressions, clicks,
       chance('voided', concat(campaign_id, day)) < 0.004 as _deleted
from (
  select *, cast(floor(getvariable('scale') * size * (0.4 + chance('clicks', concat(campaign_id, day)))
                       * (0.7 + 0.6 * date_diff('day', beginning(), day) / 731.0)
                       * case when dayofweek(day) in (0, 6) then 0.5 else 1 end) as integer) as clicks
  from (values (301, 2.2), (302, 5.0), (303, 2.0)) as t(campaign_id, size),
       (select unnest(generate_series(beginning(), ending() - interval 1 day, interval 1 day)) as day)
  where campaign_id <> 303 or day >= timestamp '2024-09-02')
order by date, campaign_id;

-- Paused for all of February 2025: an empty month, not a missing one.
create table meta_ads as
select campaign_id, cast(day as date) as date_start,
       cast(link_clicks * (3.2 + 2.6 * chance('price', concat(campaign_id, day))) as decimal(12, 2)) as spend,
       link_clicks * 55 + cast(floor(90 * chance('seen', concat(campaign_id, day))) as integer) as impressions,
       link_clicks
from (
  select *, cast(floor(getvariable('scale') * size * (0.3 + chance('clicks', concat(campaign_id, day)))) as integer)
    as link_clicks
  from (values (401, 4.5), (402, 2.0)) as t(campaign_id, size),
       (select unnest(generate_series(beginning(), ending() - interval 1 day, interval 1 day)) as day))
where not advertising_paused('paid_social', day)
order by date_start, campaign_id;

create table overheads as
select cast(month as date) as cost_date, category, function,
       cast(getvariable('scale') * amount * (0.9 + 0.2 * chance('bill', concat(category, month))) as decimal(12, 2))
         as amount
from (values ('software', 'marketing', 740), ('labour', 'marketing', 5100), ('agency', 'marketing', 1250),
             ('labour', 'sales', 4900)) as t(category, function, amount),
     (select unnest(generate_series(beginning(), ending() - interval 1 day, interval 1 month)) as month)
order by cost_date, category, function;
