WITH "visits_of_orders" AS (
  /* each row of orders beside its visits */
  SELECT
    "orders"."ordered_at" AS "converted_at",
    "visits"."channel" AS "touch_channel",
    CAST("orders"."amount" AS DECIMAL(38, 6)) AS "value",
    ROW_NUMBER() OVER (
      PARTITION BY "orders"."order_id"
      ORDER BY "visits"."visited_at" ASC, "visits"."visit_id" ASC
    ) AS "position",
    COUNT("visits"."visit_id") OVER (PARTITION BY "orders"."order_id") AS "touches",
    CAST(ABS(CAST("orders"."amount" AS DECIMAL(38, 6))) * 1000000 AS HUGEINT) AS "millionths"
  FROM "shop"."orders"
  LEFT JOIN "shop"."visits"
    ON "orders"."customer" = "visits"."customer"
    AND "visits"."visited_at" >= "orders"."ordered_at" - INTERVAL '30' DAY
    AND "visits"."visited_at" <= "orders"."ordered_at"
    AND "visits"."visited_at" >= TIMESTAMP '2024-01-01 00:00:00' - INTERVAL '30' DAY
    AND "visits"."visited_at" < TIMESTAMP '2024-05-01 00:00:00'
  WHERE
    "orders"."status" = 'paid'
    AND "orders"."ordered_at" >= TIMESTAMP '2024-01-01 00:00:00'
    AND "orders"."ordered_at" < TIMESTAMP '2024-05-01 00:00:00'
    AND NOT "orders"."is_test"
), "credit" AS (
  /* credit: the same to each touch */
  SELECT
    "visits_of_orders"."converted_at" AS "converted_at",
    "visits_of_orders"."touch_channel" AS "touch_channel",
    CASE
      WHEN "visits_of_orders"."touches" = 0
      THEN "visits_of_orders"."value"
      ELSE CAST(CASE WHEN "visits_of_orders"."value" < 0 THEN -1 ELSE 1 END * (
        (
          2 * "visits_of_orders"."millionths" * "visits_of_orders"."position" + "visits_of_orders"."touches"
        ) // (
          2 * "visits_of_orders"."touches"
        ) - (
          2 * "visits_of_orders"."millionths" * (
            "visits_of_orders"."position" - 1
          ) + "visits_of_orders"."touches"
        ) // (
          2 * "visits_of_orders"."touches"
        )
      ) AS DECIMAL(38, 0)) * 0.000001
    END AS "value"
  FROM "visits_of_orders"
), "credit_by_month" AS (
  /* credit by channel, month of converted_at */
  SELECT
    "credit"."touch_channel" AS "channel",
    CAST(DATE_TRUNC('MONTH', "credit"."converted_at") AS DATE) AS "period",
    SUM("credit"."value") AS "credited"
  FROM "credit"
  WHERE
    "credit"."converted_at" >= TIMESTAMP '2024-01-01 00:00:00'
    AND "credit"."converted_at" < TIMESTAMP '2024-05-01 00:00:00'
  GROUP BY
    1,
    2
)
SELECT
  "credit_by_month"."channel" AS "channel",
  "credit_by_month"."period" AS "period",
  COALESCE("credit_by_month"."credited", 0) AS "credited"
FROM "credit_by_month"
ORDER BY
  "channel" ASC,
  "period" ASC
