WITH "orders_by_month" AS (
  /* orders by channel, month of ordered_at */
  SELECT
    "orders"."channel" AS "channel",
    CAST(DATE_TRUNC('MONTH', "orders"."ordered_at") AS DATE) AS "period",
    SUM(CAST("orders"."amount" AS DECIMAL(38, 6))) AS "revenue"
  FROM "shop"."orders"
  WHERE
    "orders"."ordered_at" >= TIMESTAMP '2023-12-01 00:00:00'
    AND "orders"."ordered_at" < TIMESTAMP '2024-03-01 00:00:00'
    AND "orders"."status" = 'paid'
    AND NOT "orders"."is_test"
  GROUP BY
    1,
    2
), "costs_by_month" AS (
  /* costs by channel, month of cost_on */
  SELECT
    "costs"."channel" AS "channel",
    CAST(DATE_TRUNC('MONTH', "costs"."cost_on") AS DATE) AS "period",
    SUM(CAST("costs"."amount" AS DECIMAL(38, 6))) AS "spend"
  FROM "shop"."costs"
  WHERE
    "costs"."cost_on" >= DATE '2024-01-01' AND "costs"."cost_on" < DATE '2024-03-01'
  GROUP BY
    1,
    2
), "groups" AS (
  /* the groups and periods that have a row */
  SELECT
    "orders_by_month"."channel" AS "channel",
    "orders_by_month"."period" AS "period"
  FROM "orders_by_month"
  UNION
  SELECT
    "costs_by_month"."channel" AS "channel",
    "costs_by_month"."period" AS "period"
  FROM "costs_by_month"
)
SELECT
  "groups"."channel" AS "channel",
  "groups"."period" AS "period",
  COALESCE("orders_by_month"."revenue", 0) AS "revenue",
  CASE
    WHEN "groups"."period" >= DATE '2024-01-01'
    THEN COALESCE("costs_by_month"."spend", 0)
  END AS "spend",
  CAST(COALESCE("orders_by_month"."revenue", 0) * 1000000 AS DOUBLE) / NULLIF(
    CAST(CASE
      WHEN "groups"."period" >= DATE '2024-01-01'
      THEN COALESCE("costs_by_month"."spend", 0)
    END * 1000000 AS DOUBLE),
    0
  ) AS "roas"
FROM "groups"
LEFT JOIN "orders_by_month"
  ON "groups"."channel" IS NOT DISTINCT FROM "orders_by_month"."channel"
  AND "groups"."period" = "orders_by_month"."period"
LEFT JOIN "costs_by_month"
  ON "groups"."channel" IS NOT DISTINCT FROM "costs_by_month"."channel"
  AND "groups"."period" = "costs_by_month"."period"
ORDER BY
  "channel" ASC,
  "period" ASC
