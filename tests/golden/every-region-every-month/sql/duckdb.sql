WITH "orders_by_month" AS (
  /* orders by region, month of ordered_at */
  SELECT
    "customers"."region" AS "region",
    CAST(DATE_TRUNC('MONTH', "orders"."ordered_at") AS DATE) AS "period",
    COUNT(*) AS "order_count"
  FROM "shop"."orders"
  LEFT JOIN "shop"."customers"
    ON "orders"."customer" = "customers"."customer_id"
  WHERE
    "orders"."ordered_at" >= TIMESTAMP '2024-01-01 00:00:00'
    AND "orders"."ordered_at" < TIMESTAMP '2024-04-01 00:00:00'
    AND NOT "orders"."is_test"
  GROUP BY
    1,
    2
), "groups" AS (
  /* the groups that occur in any period */
  SELECT DISTINCT
    "orders_by_month"."region" AS "region"
  FROM "orders_by_month"
), "periods"("period") AS (
  /* each month asked for */
  SELECT
    *
  FROM (VALUES
    (DATE '2024-01-01'),
    (DATE '2024-02-01'),
    (DATE '2024-03-01')) AS "periods"
)
SELECT
  "groups"."region" AS "region",
  "periods"."period" AS "period",
  COALESCE("orders_by_month"."order_count", 0) AS "order_count"
FROM "groups"
CROSS JOIN "periods"
LEFT JOIN "orders_by_month"
  ON "groups"."region" IS NOT DISTINCT FROM "orders_by_month"."region"
  AND "periods"."period" = "orders_by_month"."period"
ORDER BY
  "region" ASC,
  "period" ASC
