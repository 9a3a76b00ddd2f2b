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
    CASE
      WHEN "orders"."ordered_at" < TIMESTAMP '2024-01-31 23:00:00'
      THEN DATE '2024-01-01'
      WHEN "orders"."ordered_at" < TIMESTAMP '2024-02-29 23:00:00'
      THEN DATE '2024-02-01'
      ELSE DATE '2024-03-01'
    END AS "period",
    SUM(
      CASE
        WHEN "orders"."status" = 'paid'
        THEN CAST("orders"."amount" AS DECIMAL(38, 6))
      END
    ) AS "revenue",
    COUNT(CASE WHEN "orders"."status" = 'refunded' THEN 1 END) AS "refunds",
    COUNT(*) AS "order_count"
  FROM "shop"."orders"
  WHERE
    "orders"."ordered_at" >= TIMESTAMP '2023-12-31 23:00:00'
    AND "orders"."ordered_at" < TIMESTAMP '2024-03-31 22:00:00'
    AND NOT "orders"."is_test"
  GROUP BY
    1
)
SELECT
  "periods"."period" AS "period",
  COALESCE("orders_by_month"."revenue", 0) AS "revenue",
  CAST(COALESCE("orders_by_month"."refunds", 0) AS DOUBLE) / NULLIF(CAST("orders_by_month"."order_count" AS DOUBLE), 0) AS "refund_rate"
FROM "periods"
LEFT JOIN "orders_by_month"
  ON "periods"."period" = "orders_by_month"."period"
ORDER BY
  "period" ASC
