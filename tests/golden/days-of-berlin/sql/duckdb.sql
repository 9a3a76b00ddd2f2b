WITH "orders_by_day" AS (
  /* orders by channel, day of ordered_at */
  SELECT
    "orders"."channel" AS "channel",
    CAST("orders"."ordered_at" + CASE
      WHEN "orders"."ordered_at" < TIMESTAMP '2024-03-31 01:00:00'
      THEN INTERVAL '1' HOUR
      ELSE INTERVAL '2' HOUR
    END AS DATE) AS "period",
    COUNT(*) AS "order_count"
  FROM "shop"."orders"
  WHERE
    "orders"."ordered_at" >= TIMESTAMP '2023-12-31 23:00:00'
    AND "orders"."ordered_at" < TIMESTAMP '2024-03-31 22:00:00'
    AND NOT "orders"."is_test"
  GROUP BY
    1,
    2
)
SELECT
  "orders_by_day"."channel" AS "channel",
  "orders_by_day"."period" AS "period",
  "orders_by_day"."order_count" AS "order_count"
FROM "orders_by_day"
ORDER BY
  "channel" ASC,
  "period" ASC
