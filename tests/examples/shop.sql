-- The KPIs of examples/shop by month, written by hand and as plainly as can be: each is a question about
-- the rows between two local days. The test compares every cell with what kpilang says.

create macro berlin(moment) as cast(timezone('Europe/Berlin', timezone('UTC', moment)) as date);

create table s as select *, berlin(started_at) as day from web_sessions;
create table ads as select *, cost_date as day from ad_costs;
create table l as select *, berlin(created_at) as day from leads;
create table o as
  select o.*, berlin(o.ordered_at) as day, o.amount - o.refunded_amount as net, c.tier,
         row_number() over (partition by o.customer_id order by o.ordered_at, o.order_id) as nth
  from orders as o left join customers as c using (customer_id);
create table c as
  select c.*, berlin(c.created_at) as day,
         (select berlin(min(x.ordered_at)) from orders as x where x.customer_id = c.customer_id) as bought,
         (select coalesce(sum(x.amount - x.refunded_amount), 0) from orders as x
          where x.customer_id = c.customer_id and x.ordered_at < c.created_at + interval 2160 hours) as early
  from customers as c;
create table m as
  select e.*, berlin(e.sent_at) as day,
         not exists (select 1 from email_events as v where v.message_id = e.message_id and v.type = 'bounce'
                     and v.occurred_at < e.sent_at + interval 168 hours) as delivered,
         exists (select 1 from email_events as v where v.message_id = e.message_id and v.type = 'open'
                 and v.occurred_at < e.sent_at + interval 168 hours) as opened,
         exists (select 1 from email_events as v where v.message_id = e.message_id and v.type = 'click'
                 and v.occurred_at < e.sent_at + interval 168 hours) as clicked
  from email_messages as e;

create macro visits(a, b) as (select count(*) from s where day >= a and day < b);
create macro spend(a, b) as (select coalesce(sum(cost), 0) from ads where day >= a and day < b);
create macro new_leads(a, b) as (select count(*) from l where day >= a and day < b);
create macro revenue(a, b) as (select coalesce(sum(net), 0) from o where day >= a and day < b);
create macro bought(a, b) as (select count(*) from c where bought >= a and bought < b);
create macro placed(a, b) as (select count(*) from o where day >= a and day < b);
create macro ratio(x, y) as cast(x as double) / nullif(cast(y as double), 0);
create macro back(day, months) as cast(day - to_months(months) as date);

create table months as
  select cast(start as date) as a, cast(start + interval 1 month as date) as b
  from generate_series(timestamp '2023-01-01', timestamp '2024-06-01', interval 1 month) as t(start);

create table web as select
  a,
  visits(a, b) as sessions,
  (select count(distinct visitor_id) from s where day >= a and day < b) as visitors,
  ratio((select count(*) from s where day >= a and day < b and page_views = 1), visits(a, b)) as bounce_rate,
  ratio((select sum(page_views) from s where day >= a and day < b), visits(a, b)) as pages_per_session,
  ratio((select count(*) from s where day >= a and day < b and device = 'mobile'), visits(a, b)) as mobile_share,
  spend(a, b) as ad_spend,
  (select coalesce(sum(clicks), 0) from ads where day >= a and day < b) as ad_clicks,
  (select ratio(sum(clicks), sum(impressions)) from ads where day >= a and day < b) as click_through_rate,
  (select ratio(sum(cost), sum(clicks)) from ads where day >= a and day < b) as cost_per_click
from months;

create table email as select
  a,
  (select count(*) from m where day >= a and day < b) as emails_sent,
  (select ratio(count(*) filter (delivered), count(*)) from m where day >= a and day < b) as delivery_rate,
  (select ratio(count(*) filter (delivered and opened), count(*) filter (delivered))
   from m where day >= a and day < b) as open_rate,
  (select ratio(count(*) filter (delivered and clicked), count(*) filter (delivered))
   from m where day >= a and day < b) as click_rate,
  (select count(distinct customer_id) from m where day >= a and day < b and delivered and opened) as readers,
  (select count(*) from email_events where type = 'unsubscribe'
   and berlin(occurred_at) >= a and berlin(occurred_at) < b) as unsubscribes
from months;

create table pipeline as select
  a,
  new_leads(a, b) as new_leads,
  (select count(*) from leads where berlin(mql_at) >= a and berlin(mql_at) < b) as mqls,
  (select count(*) from leads where berlin(sql_at) >= a and berlin(sql_at) < b) as sqls,
  (select ratio(count(mql_at), count(*)) from l where day >= a and day < b) as mql_rate,
  (select count(*) from l where day >= a and day < b and stage in ('sql', 'customer')) as late_stage_leads,
  bought(a, b) as new_customers,
  (select ratio(sum(early), count(*)) from c where day >= a and day < b) as early_value
from months;

create table sales as select
  a,
  placed(a, b) as orders_placed,
  (select coalesce(sum(amount), 0) from o where day >= a and day < b) as gross_revenue,
  (select coalesce(sum(refunded_amount), 0) from o
   where berlin(refunded_at) >= a and berlin(refunded_at) < b) as refunds,
  revenue(a, b) as revenue,
  ratio(revenue(a, b), revenue(back(a, 1), a)) - 1 as revenue_growth,
  ratio(revenue(a, b), revenue(back(a, 12), back(b, 12))) - 1 as revenue_yoy,
  revenue(cast(date_trunc('year', a) as date), b) as revenue_ytd,
  revenue(b - 28, b) as revenue_28d,
  (select ratio(sum(amount), count(*)) from o where day >= a and day < b) as order_value,
  ratio((select count(*) from o where day >= a and day < b and status = 'refunded'), placed(a, b)) as refund_rate,
  ratio((select count(*) from o where day >= a and day < b and nth > 1), placed(a, b)) as repeat_share,
  ratio((select coalesce(sum(net), 0) from o where day >= a and day < b and tier = 'gold'), revenue(a, b))
    as gold_share
from months;

create table over_all as select
  a,
  ratio(placed(a, b), visits(a, b)) as conversion_rate,
  ratio(spend(a, b), new_leads(a, b)) as cost_per_lead,
  ratio(spend(a, b), bought(a, b)) as customer_acquisition_cost,
  ratio(revenue(a, b), spend(a, b)) as return_on_ad_spend,
  ratio(new_leads(a, b), b - a) as leads_per_day
from months;

select cast(a as varchar) as period, * exclude (a)
from web join email using (a) join pipeline using (a) join sales using (a) join over_all using (a)
order by period;
