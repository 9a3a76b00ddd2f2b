WITH "orders_by_month" AS (
  /* orders by channel, month of ordered_at */
  SELECT
    "orders"."channel" AS "channel",
    CAST(DATE_TRUNC('MONTH', "orders"."ordered_at") AS DATE) AS "period",
    SUM(CAST("orders"."amount" AS DECIMAL(38, 6))) AS "revenue"
  FROM "shop"."orders"
  WHERE
    "orders"."ordered_at" >= TIMESTAMP '2024-01-01 00:00:00'
    AND "orders"."ordered_at" < TIMESTAMP '2024-04-01 00:00:00'
    AND "orders"."status" = 'paid'
    AND NOT "orders"."is_test"
  GROUP BY
    1,
    2
), "orders_by_month_across_channel" AS (
  /* orders_by_month added up across channel */
  SELECT
    "orders_by_month"."period" AS "period",
    SUM("orders_by_month"."revenue") AS "revenue"
  FROM "orders_by_month"
  GROUP BY
    1
)
SELECT
  "orders_by_month"."channel" AS "channel",
  "orders_by_month"."period" AS "period",
  CAST(COALESCE("orders_by_month"."revenue", 0) * 1000000 AS DOUBLE) / NULLIF(CAST("orders_by_month_across_channel"."revenue" * 1000000 AS DOUBLE), 0) AS "revenue / revenue[across channel]"
FROM "orders_by_month"
LEFT JOIN "orders_by_month_across_channel"
  ON "orders_by_month"."period" = "orders_by_month_across_channel"."period"
ORDER BY
  "channel" ASC,
  "period" ASC
