WITH "periods"("period") AS (
  /* each month asked for */
  SELECT
    *
  FROM (VALUES
    (DATE '2024-01-01'),
    (DATE '2024-02-01'),
    (DATE '2024-03-01')) AS "periods"
), "last_28_days_periods"("period", "from", "until") AS (
  /* the interval of each period: [last 28 days] */
  SELECT
    *
  FROM (VALUES
    (
      DATE '2024-01-01',
      TIMESTAMP '2024-01-04 00:00:00',
      TIMESTAMP '2024-02-01 00:00:00'
    ),
    (
      DATE '2024-02-01',
      TIMESTAMP '2024-02-02 00:00:00',
      TIMESTAMP '2024-03-01 00:00:00'
    ),
    (
      DATE '2024-03-01',
      TIMESTAMP '2024-03-04 00:00:00',
      TIMESTAMP '2024-04-01 00:00:00'
    )) AS "last_28_days_periods"
), "orders_last_28_days" AS (
  /* orders by period: [last 28 days] by ordered_at */
  SELECT
    "last_28_days_periods"."period" AS "period",
    COUNT(DISTINCT "orders"."customer") AS "buyers"
  FROM "shop"."orders"
  JOIN "last_28_days_periods"
    ON "orders"."ordered_at" >= "last_28_days_periods"."from"
    AND "orders"."ordered_at" < "last_28_days_periods"."until"
  WHERE
    "orders"."ordered_at" >= TIMESTAMP '2024-01-04 00:00:00'
    AND "orders"."ordered_at" < TIMESTAMP '2024-04-01 00:00:00'
    AND NOT "orders"."is_test"
  GROUP BY
    1
)
SELECT
  "periods"."period" AS "period",
  COALESCE("orders_last_28_days"."buyers", 0) AS "buyers[last 28 days]"
FROM "periods"
LEFT JOIN "orders_last_28_days"
  ON "periods"."period" = "orders_last_28_days"."period"
ORDER BY
  "period" ASC
