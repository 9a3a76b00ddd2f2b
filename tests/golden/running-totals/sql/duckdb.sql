WITH "orders_by_month" AS (
  /* orders by channel, month of ordered_at */
  SELECT
    "orders"."channel" AS "channel",
    CASE
      WHEN "orders"."ordered_at" < TIMESTAMP '2023-11-01 00:00:00'
      THEN DATE '0001-01-01'
      ELSE CAST(DATE_TRUNC('MONTH', "orders"."ordered_at") AS DATE)
    END AS "period",
    SUM(
      CASE
        WHEN "orders"."status" = 'paid'
        THEN CAST("orders"."amount" AS DECIMAL(38, 6))
      END
    ) AS "revenue",
    COUNT(*) AS "order_count",
    COUNT(CASE WHEN "orders"."status" = 'paid' THEN 1 END) AS "rows_1"
  FROM "shop"."orders"
  WHERE
    "orders"."ordered_at" < TIMESTAMP '2024-04-01 00:00:00'
    AND NOT "orders"."is_test"
  GROUP BY
    1,
    2
), "year_to_date_periods"("period", "from", "until") AS (
  /* the interval of each period: [year to date] */
  SELECT
    *
  FROM (VALUES
    (DATE '2024-01-01', DATE '2024-01-01', DATE '2024-02-01'),
    (DATE '2024-02-01', DATE '2024-01-01', DATE '2024-03-01'),
    (DATE '2024-03-01', DATE '2024-01-01', DATE '2024-04-01')) AS "year_to_date_periods"
), "orders_year_to_date" AS (
  /* orders_by_month added up for each period: [year to date] */
  SELECT
    "orders_by_month"."channel" AS "channel",
    "year_to_date_periods"."period" AS "period",
    SUM("orders_by_month"."revenue") AS "revenue"
  FROM "orders_by_month"
  JOIN "year_to_date_periods"
    ON "orders_by_month"."period" >= "year_to_date_periods"."from"
    AND "orders_by_month"."period" < "year_to_date_periods"."until"
  WHERE
    "orders_by_month"."rows_1" > 0
  GROUP BY
    1,
    2
), "all_time_periods"("period", "until") AS (
  /* the interval of each period: [all time] */
  SELECT
    *
  FROM (VALUES
    (DATE '2024-01-01', DATE '2024-02-01'),
    (DATE '2024-02-01', DATE '2024-03-01'),
    (DATE '2024-03-01', DATE '2024-04-01')) AS "all_time_periods"
), "orders_all_time" AS (
  /* orders_by_month added up for each period: [all time] */
  SELECT
    "orders_by_month"."channel" AS "channel",
    "all_time_periods"."period" AS "period",
    SUM("orders_by_month"."revenue") AS "revenue"
  FROM "orders_by_month"
  JOIN "all_time_periods"
    ON "orders_by_month"."period" < "all_time_periods"."until"
  WHERE
    "orders_by_month"."rows_1" > 0
  GROUP BY
    1,
    2
), "last_3_months_periods"("period", "from", "until") AS (
  /* the interval of each period: [last 3 months] */
  SELECT
    *
  FROM (VALUES
    (DATE '2024-01-01', DATE '2023-11-01', DATE '2024-02-01'),
    (DATE '2024-02-01', DATE '2023-12-01', DATE '2024-03-01'),
    (DATE '2024-03-01', DATE '2024-01-01', DATE '2024-04-01')) AS "last_3_months_periods"
), "orders_last_3_months" AS (
  /* orders_by_month added up for each period: [last 3 months] */
  SELECT
    "orders_by_month"."channel" AS "channel",
    "last_3_months_periods"."period" AS "period",
    SUM("orders_by_month"."order_count") AS "order_count"
  FROM "orders_by_month"
  JOIN "last_3_months_periods"
    ON "orders_by_month"."period" >= "last_3_months_periods"."from"
    AND "orders_by_month"."period" < "last_3_months_periods"."until"
  GROUP BY
    1,
    2
), "groups" AS (
  /* the groups and periods that have a row */
  SELECT
    "orders_by_month"."channel" AS "channel",
    "orders_by_month"."period" AS "period"
  FROM "orders_by_month"
  WHERE
    "orders_by_month"."period" >= DATE '2024-01-01'
    AND "orders_by_month"."period" <= DATE '2024-03-01'
    AND "orders_by_month"."rows_1" > 0
  UNION
  SELECT
    "orders_year_to_date"."channel" AS "channel",
    "orders_year_to_date"."period" AS "period"
  FROM "orders_year_to_date"
  UNION
  SELECT
    "orders_all_time"."channel" AS "channel",
    "orders_all_time"."period" AS "period"
  FROM "orders_all_time"
  UNION
  SELECT
    "orders_last_3_months"."channel" AS "channel",
    "orders_last_3_months"."period" AS "period"
  FROM "orders_last_3_months"
)
SELECT
  "groups"."channel" AS "channel",
  "groups"."period" AS "period",
  COALESCE("orders_by_month"."revenue", 0) AS "revenue",
  COALESCE("orders_year_to_date"."revenue", 0) AS "revenue[year to date]",
  COALESCE("orders_all_time"."revenue", 0) AS "revenue[all time]",
  COALESCE("orders_last_3_months"."order_count", 0) AS "order_count[last 3 months]"
FROM "groups"
LEFT JOIN "orders_by_month"
  ON "groups"."channel" IS NOT DISTINCT FROM "orders_by_month"."channel"
  AND "groups"."period" = "orders_by_month"."period"
LEFT JOIN "orders_year_to_date"
  ON "groups"."channel" IS NOT DISTINCT FROM "orders_year_to_date"."channel"
  AND "groups"."period" = "orders_year_to_date"."period"
LEFT JOIN "orders_all_time"
  ON "groups"."channel" IS NOT DISTINCT FROM "orders_all_time"."channel"
  AND "groups"."period" = "orders_all_time"."period"
LEFT JOIN "orders_last_3_months"
  ON "groups"."channel" IS NOT DISTINCT FROM "orders_last_3_months"."channel"
  AND "groups"."period" = "orders_last_3_months"."period"
ORDER BY
  "channel" ASC,
  "period" ASC
