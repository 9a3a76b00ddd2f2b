WITH "orders_total" AS (
  /* orders, one row, dated ordered_at */
  SELECT
    SUM(
      CASE
        WHEN "orders"."ordered_at" >= TIMESTAMP '2024-01-01 00:00:00'
        AND "orders"."status" = 'paid'
        THEN CAST("orders"."amount" AS DECIMAL(38, 6))
      END
    ) AS "revenue",
    SUM(
      CASE
        WHEN "orders"."ordered_at" < TIMESTAMP '2024-01-01 00:00:00'
        AND "orders"."status" = 'paid'
        THEN CAST("orders"."amount" AS DECIMAL(38, 6))
      END
    ) AS "revenue_prior",
    COUNT(
      DISTINCT CASE
        WHEN "orders"."ordered_at" >= TIMESTAMP '2024-03-04 00:00:00'
        THEN "orders"."customer"
      END
    ) AS "buyers_last_28_days",
    COUNT(
      CASE
        WHEN "orders"."ordered_at" >= TIMESTAMP '2024-01-01 00:00:00'
        AND "orders"."status" = 'refunded'
        THEN 1
      END
    ) AS "refunds",
    COUNT(CASE WHEN "orders"."ordered_at" >= TIMESTAMP '2024-01-01 00:00:00' THEN 1 END) AS "order_count"
  FROM "shop"."orders"
  WHERE
    "orders"."ordered_at" >= TIMESTAMP '2023-10-01 00:00:00'
    AND "orders"."ordered_at" < TIMESTAMP '2024-04-01 00:00:00'
    AND (
      "orders"."ordered_at" >= TIMESTAMP '2024-01-01 00:00:00'
      AND "orders"."status" = 'paid'
      OR "orders"."ordered_at" < TIMESTAMP '2024-01-01 00:00:00'
      AND "orders"."status" = 'paid'
      OR "orders"."ordered_at" >= TIMESTAMP '2024-03-04 00:00:00'
      OR "orders"."ordered_at" >= TIMESTAMP '2024-01-01 00:00:00'
      AND "orders"."status" = 'refunded'
      OR "orders"."ordered_at" >= TIMESTAMP '2024-01-01 00:00:00'
    )
    AND NOT "orders"."is_test"
)
SELECT
  COALESCE("orders_total"."revenue", 0) AS "revenue",
  COALESCE("orders_total"."revenue_prior", 0) AS "revenue[prior]",
  "orders_total"."buyers_last_28_days" AS "buyers[last 28 days]",
  CAST("orders_total"."refunds" AS DOUBLE) / NULLIF(CAST("orders_total"."order_count" AS DOUBLE), 0) AS "refund_rate"
FROM "orders_total"
