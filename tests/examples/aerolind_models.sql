-- The deals won in 2025 by the channels of the touches they are owed to, by hand. Linear credits are divided in
-- doubles here, so they are equal to the cent only.
with won as (
  select * from opportunities
  where status = 'won' and closed_at >= timestamp '2024-12-31 23:00:00' and closed_at < timestamp '2025-12-31 23:00:00'
  qualify row_number() over (partition by opportunity_id order by updated_at desc) = 1
),
pairs as (
  select opportunity_id, amount, channel,
         row_number() over (partition by opportunity_id order by occurred_at, touchpoint_id) as place,
         count(*) over (partition by opportunity_id) as touches
  from won join touchpoints t on t.contact_id = won.contact_id and channel <> 'sales'
   and occurred_at <= closed_at and occurred_at >= closed_at - interval 180 day
),
untouched as (select * from won where opportunity_id not in (select opportunity_id from pairs))
select channel as touch_channel, sum(amount / touches) as credited,
       coalesce(sum(amount) filter (place = 1), 0) as to_first,
       (select sum(amount) from (select distinct opportunity_id, amount from pairs p where p.channel = pairs.channel))
         as influenced
from pairs group by channel
union all
select null, sum(amount), sum(amount), sum(amount) from untouched
order by credited desc
