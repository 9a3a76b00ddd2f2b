WITH "periods"("period") AS (
  /* each month asked for */
  SELECT
    *
  FROM (VALUES
    (DATE '2024-01-01'),
    (DATE '2024-02-01'),
    (DATE '2024-03-01')) AS "periods"
), "orders_by_month" AS (
  /* orders by month of ordered_at */
  SELECT
    CAST(DATE_TRUNC('MONTH', "orders"."ordered_at") AS DATE) AS "period",
    SUM(CAST("orders"."amount" AS DECIMAL(38, 6))) AS "revenue"
  FROM "shop"."orders"
  WHERE
    "orders"."ordered_at" >= TIMESTAMP '2024-01-01 00:00:00'
    AND "orders"."ordered_at" < TIMESTAMP '2024-04-01 00:00:00'
    AND "orders"."status" = 'paid'
    AND NOT "orders"."is_test"
  GROUP BY
    1
)
SELECT
  "periods"."period" AS "period",
  COALESCE("orders_by_month"."revenue", 0) AS "revenue"
FROM "periods"
LEFT JOIN "orders_by_month"
  ON "periods"."period" = "orders_by_month"."period"
ORDER BY
  "period" ASC
