-- The report `channels` of examples/shop, written by hand: July 2023 to June 2024 by channel, null last.

create macro berlin(moment) as cast(timezone('Europe/Berlin', timezone('UTC', moment)) as date);
create macro inside(day) as day >= date '2023-07-01' and day < date '2024-07-01';
create macro ratio(x, y) as cast(x as double) / nullif(cast(y as double), 0);

with visits as (
  select channel, count(*) as n from web_sessions where inside(berlin(started_at)) group by 1
), new_leads as (
  select channel, count(*) as n from leads where inside(berlin(created_at)) group by 1
), spend as (
  select channel, sum(cost) as eur from ad_costs where inside(cost_date) group by 1
), first_orders as (
  select c.channel, c.customer_id, min(o.ordered_at) as first_at
  from customers as c join orders as o using (customer_id) group by 1, 2
), bought as (
  select channel, count(*) as n from first_orders where inside(berlin(first_at)) group by 1
), sold as (
  select c.channel, sum(o.amount - o.refunded_amount) as eur
  from orders as o left join customers as c using (customer_id)
  where inside(berlin(o.ordered_at)) group by 1
), channels as (
  select channel from visits union select channel from new_leads union select channel from spend
  union select channel from bought union select channel from sold
)
select
  k.channel,
  coalesce(v.n, 0) as sessions,
  ratio(coalesce(v.n, 0), (select sum(n) from visits)) as channel_share,
  coalesce(l.n, 0) as new_leads,
  coalesce(a.eur, 0) as ad_spend,
  ratio(coalesce(a.eur, 0), coalesce(l.n, 0)) as cost_per_lead,
  coalesce(b.n, 0) as new_customers,
  ratio(coalesce(a.eur, 0), coalesce(b.n, 0)) as customer_acquisition_cost,
  coalesce(r.eur, 0) as revenue,
  ratio(coalesce(r.eur, 0), (select sum(eur) from sold)) as revenue_share,
  ratio(coalesce(r.eur, 0), coalesce(a.eur, 0)) as return_on_ad_spend
from channels as k
left join visits as v on v.channel is not distinct from k.channel
left join new_leads as l on l.channel is not distinct from k.channel
left join spend as a on a.channel is not distinct from k.channel
left join bought as b on b.channel is not distinct from k.channel
left join sold as r on r.channel is not distinct from k.channel
order by k.channel nulls last;
