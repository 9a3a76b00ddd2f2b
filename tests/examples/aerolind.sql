-- The scorecard of Aerolind for November and December 2025, written by hand from the tables. All instants are
-- UTC; in these months, and in those of 2024 that are compared with, Berlin is one hour ahead.
with months as (
  select * from (values
    (date '2025-11-01', timestamp '2025-10-31 23:00:00', timestamp '2025-11-30 23:00:00', interval 0 month),
    (date '2025-12-01', timestamp '2025-11-30 23:00:00', timestamp '2025-12-31 23:00:00', interval 0 month),
    (date '2024-11-01', timestamp '2024-10-31 23:00:00', timestamp '2024-11-30 23:00:00', interval 1 year),
    (date '2024-12-01', timestamp '2024-11-30 23:00:00', timestamp '2024-12-31 23:00:00', interval 1 year)
  ) as t(month, a, b, age)
),
sold as (
  select l.*, amount * rate as euros, o.status, o.customer_id
  from order_lines l join orders o using (order_id)
  join fx_rates f on f.currency = l.currency and f.rate_date = cast(booked_at + interval 1 hour as date)
),
lines as (
  select month,
         sum(euros) as shop_revenue,
         sum(euros) filter (kind = 'sale') as gross,
         -sum(euros) filter (kind = 'refund') as refunds,
         sum(quantity * (select unit_cost from prices p where p.product_id = s.product_id
                         and valid_from <= booked_at and (valid_to is null or valid_to > booked_at))) as cost
  from months join sold s on booked_at >= a and booked_at < b group by month
),
bills as (
  select month, sum(amount * rate) as invoiced
  from months
  join invoices i on date_trunc('month', issued_on) = month
  join fx_rates f on f.currency = i.currency and f.rate_date = issued_on
  group by month
),
ads as (
  select month, sum(cost) as ad_spend, sum(clicks) as clicks from months join (
    select date as day, cost_micros / 1000000.0 as cost, clicks from google_ads where not _deleted
    union all select date_start, spend, link_clicks from meta_ads
  ) on date_trunc('month', day) = month group by month
),
messages as (
  select message_id,
         min(occurred_at) filter (event_type = 'sent') as sent_at,
         bool_or(event_type = 'bounce') as bounced, bool_or(event_type = 'unsubscribe') as left_by
  from email_events group by message_id
),
read as (
  select m.message_id, bool_or(event_type = 'open') as opened, bool_or(event_type = 'click') as clicked
  from messages m join email_events e using (message_id)
  where not is_machine and occurred_at < sent_at + interval 7 day and event_type in ('open', 'click')
  group by 1
),
mail as (
  select month, count(*) as sent, count(*) filter (not bounced) as delivered,
         count(*) filter (not bounced and opened) as opened, count(*) filter (not bounced and clicked) as clicked,
         count(*) filter (not bounced and left_by) as left_by
  from months join messages on sent_at >= a and sent_at < b left join read using (message_id) group by month
),
stages as (
  select contact_id, min(occurred_at) filter (to_stage = 'lead') as lead_at,
         min(occurred_at) filter (to_stage = 'mql') as mql_at,
         min(occurred_at) filter (to_stage in ('mql', 'sql', 'opportunity', 'customer')) as beyond
  from lifecycle_events group by contact_id
),
known as (select * from contacts left join stages using (contact_id) where not is_internal),
deals as (
  select * from opportunities
  qualify row_number() over (partition by opportunity_id order by updated_at desc) = 1
),
-- a subscription's price at the rate of the local day on which it began, in summer or in winter
priced as (
  select s.*, monthly_price * rate as monthly
  from subscriptions s join fx_rates f on f.currency = s.currency and f.rate_date = cast(
    started_at + case when started_at between timestamp '2022-03-27 01:00:00' and timestamp '2022-10-30 00:59:59'
                        or started_at between timestamp '2023-03-26 01:00:00' and timestamp '2023-10-29 00:59:59'
                        or started_at between timestamp '2024-03-31 01:00:00' and timestamp '2024-10-27 00:59:59'
                        or started_at between timestamp '2025-03-30 01:00:00' and timestamp '2025-10-26 00:59:59'
                      then interval 2 hour else interval 1 hour end as date)
)
select
  cast(month as varchar) as period,
  shop_revenue + invoiced as revenue,
  (shop_revenue + invoiced) / (select l.shop_revenue + i.invoiced from lines l join bills i using (month)
                               where l.month = m.month - interval 1 year) - 1 as revenue_growth,
  invoiced / (shop_revenue + invoiced) as recurring_share,
  (select sum(monthly) from priced where started_at < b and (ended_at is null or ended_at >= b)) as mrr,
  (select sum(monthly) from priced where ended_at >= a and ended_at < b)
    / (select sum(monthly) from priced where started_at < a and (ended_at is null or ended_at >= a)) as mrr_churn,
  (select count(*) from orders where ordered_at >= a and ordered_at < b and status <> 'cancelled') as orders_placed,
  gross / (select count(*) from orders where ordered_at >= a and ordered_at < b and status <> 'cancelled')
    as order_value,
  refunds / gross as refund_share,
  (shop_revenue - cost) / shop_revenue as gross_margin,
  (select count(*) filter ((select count(*) from orders e where e.customer_id = o.customer_id
                            and (e.ordered_at, e.order_id) < (o.ordered_at, o.order_id)) > 0) / count(*)
   from orders o where ordered_at >= a and ordered_at < b and status <> 'cancelled') as repeat_share,
  (select count(*) from web_sessions where not is_bot and started_at >= a and started_at < b) as visits,
  (select avg(cast(pageviews = 1 as integer)) from web_sessions where not is_bot and started_at >= a and started_at < b)
    as bounce_rate,
  (select count(*) from orders where ordered_at >= a and ordered_at < b and status <> 'cancelled' and sold_by = 'shop')
    / (select count(*) from web_sessions where not is_bot and started_at >= a and started_at < b) as conversion_rate,
  cast(ad_spend as decimal(18, 6)) as ad_spend,
  ad_spend / clicks as cost_per_click,
  delivered / sent as delivery_rate,
  opened / delivered as open_rate,
  clicked / delivered as click_rate,
  left_by / delivered as unsubscribe_rate,
  (select count(distinct contact_id) from list_members l
   where joined_at < b and (left_at is null or left_at >= b)) as mailable_contacts,
  (select count(distinct contact_id) from list_members l
   where joined_at < b and (left_at is null or left_at >= b) and contact_id in (
     select contact_id from email_events
     where event_type in ('open', 'click') and not is_machine
       and occurred_at >= b - interval 90 day and occurred_at < b
     union select contact_id from web_sessions
     where not is_bot and started_at >= b - interval 90 day and started_at < b)
  ) / (select count(distinct contact_id) from list_members l
       where joined_at < b and (left_at is null or left_at >= b)) as engaged_share,
  (select count(*) from known where lead_at >= a and lead_at < b) as leads,
  (select count(*) from known where mql_at >= a and mql_at < b) as mqls,
  (select avg(cast(coalesce(beyond < created_at + interval 30 day, false) as integer)) from known
   where created_at >= a and created_at < b) as lead_to_mql,
  (select count(*) from deals where status = 'won' and closed_at >= a and closed_at < b) as deals_won,
  (select avg(cast(status = 'won' as integer)) from deals where closed_at >= a and closed_at < b) as win_rate,
  (select sum(amount) from deals where created_at < b and (closed_at is null or closed_at >= b)) as pipeline,
  (select median(epoch(closed_at) - epoch(created_at)) from deals
   where status = 'won' and closed_at >= a and closed_at < b) as sales_cycle,
  (select count(*) from customers where acquired_at >= a and acquired_at < b) as new_customers,
  (select count(*) from customers where acquired_at < b and (churned_at is null or churned_at >= b))
    as active_customers,
  (select count(*) filter (churned_at < b) / count(*) from customers
   where acquired_at < a and (churned_at is null or churned_at >= a)) as churn_rate,
  (ad_spend + (select sum(amount) from overheads where date_trunc('month', cost_date) = m.month))
    / (select count(*) from customers where acquired_at >= a and acquired_at < b) as cac,
  (ad_spend + (select sum(amount) from overheads
               where date_trunc('month', cost_date) = m.month and function = 'marketing'))
    / (shop_revenue + invoiced) as marketing_ratio,
  (select 100.0 * (count(*) filter (score >= 9) - count(*) filter (score <= 6)) / count(*) from survey_responses
   where responded_at >= a and responded_at < b) as nps,
  -- the help desk writes local time
  (select median(epoch(first_reply_at) - epoch(opened_at)) from tickets
   where opened_at >= m.month and opened_at < m.month + interval 1 month) as first_reply
from months m join lines using (month) join bills using (month) join ads using (month) join mail using (month)
where age = interval 0 month
order by month
