WITH "orders_by_month" AS (
  /* orders by channel, month of ordered_at */
  SELECT
    "orders"."channel" AS "channel",
    CAST(DATE_TRUNC('MONTH', "orders"."ordered_at") AS DATE) AS "period",
    SUM(CAST("orders"."amount" AS DECIMAL(38, 6))) AS "revenue"
  FROM "shop"."orders"
  WHERE
    "orders"."ordered_at" >= TIMESTAMP '2023-12-01 00:00:00'
    AND "orders"."ordered_at" < TIMESTAMP '2024-04-01 00:00:00'
    AND "orders"."status" = 'paid'
    AND NOT "orders"."is_test"
  GROUP BY
    1,
    2
), "periods"("period", "prior") AS (
  /* each month asked for */
  SELECT
    *
  FROM (VALUES
    (DATE '2024-01-01', DATE '2023-12-01'),
    (DATE '2024-02-01', DATE '2024-01-01'),
    (DATE '2024-03-01', DATE '2024-02-01')) AS "periods"
), "groups" AS (
  /* the groups and periods that have a row */
  SELECT
    "orders_by_month"."channel" AS "channel",
    "orders_by_month"."period" AS "period"
  FROM "orders_by_month"
  WHERE
    "orders_by_month"."period" >= DATE '2024-01-01'
    AND "orders_by_month"."period" <= DATE '2024-03-01'
  UNION
  SELECT
    "orders_by_month"."channel" AS "channel",
    "periods"."period" AS "period"
  FROM "orders_by_month"
  JOIN "periods"
    ON "periods"."prior" = "orders_by_month"."period"
)
SELECT
  "groups"."channel" AS "channel",
  "groups"."period" AS "period",
  COALESCE("orders_by_month"."revenue", 0) AS "revenue",
  CAST(COALESCE("orders_by_month"."revenue", 0) * 1000000 AS DOUBLE) / NULLIF(CAST("orders_by_month_prior"."revenue" * 1000000 AS DOUBLE), 0) - CAST(1 AS DOUBLE) AS "growth"
FROM "groups"
JOIN "periods"
  ON "periods"."period" = "groups"."period"
LEFT JOIN "orders_by_month"
  ON "groups"."channel" IS NOT DISTINCT FROM "orders_by_month"."channel"
  AND "groups"."period" = "orders_by_month"."period"
LEFT JOIN "orders_by_month" AS "orders_by_month_prior"
  ON "groups"."channel" IS NOT DISTINCT FROM "orders_by_month_prior"."channel"
  AND "periods"."prior" = "orders_by_month_prior"."period"
ORDER BY
  "channel" ASC,
  "period" ASC
