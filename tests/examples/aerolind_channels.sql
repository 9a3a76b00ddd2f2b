-- What each channel brought in 2025, by hand: visits and advertising by their own channel, all else by the channel
-- by which the contact or the customer came.
with year as (select timestamp '2024-12-31 23:00:00' as a, timestamp '2025-12-31 23:00:00' as b),
facts as (
  select channel, 1 as visits, 0 as leads, 0 as new_customers, 0.0 as ad_spend
  from web_sessions, year where not is_bot and started_at >= a and started_at < b
  union all
  select source_channel, 0, 1, 0, 0 from contacts, year
  where not is_internal and (select min(occurred_at) from lifecycle_events l
                             where l.contact_id = contacts.contact_id and to_stage = 'lead') between a and b - interval 1 microsecond
  union all
  select source_channel, 0, 0, 1, 0 from customers, year where acquired_at >= a and acquired_at < b
  union all
  select 'paid_search', 0, 0, 0, cost_micros / 1000000.0 from google_ads where not _deleted and year(date) = 2025
  union all
  select 'paid_social', 0, 0, 0, spend from meta_ads where year(date_start) = 2025
)
select channel, cast(sum(visits) as bigint) as visits, cast(sum(leads) as bigint) as leads,
       cast(sum(new_customers) as bigint) as new_customers, cast(sum(ad_spend) as decimal(18, 6)) as ad_spend
from facts group by channel order by channel
