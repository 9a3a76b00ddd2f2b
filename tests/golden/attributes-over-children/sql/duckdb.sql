WITH "orders_by_customer" AS (
  /* orders of each row of customers */
  SELECT
    "orders"."customer" AS "customer",
    MIN("orders"."ordered_at") AS "first_order",
    SUM(
      CASE
        WHEN "orders"."ordered_at" < "customers"."joined_at" + INTERVAL '90' DAY
        THEN CAST("orders"."amount" AS DECIMAL(38, 6))
      END
    ) AS "early_value"
  FROM "shop"."orders"
  LEFT JOIN "shop"."customers"
    ON "orders"."customer" = "customers"."customer_id"
  WHERE
    "orders"."customer" IS NOT NULL
    AND "orders"."ordered_at" < TIMESTAMP '2025-01-01 00:00:00'
    AND "orders"."status" = 'paid'
    AND NOT "orders"."is_test"
  GROUP BY
    1
), "customers_by_region" AS (
  /* customers by region, dated first_order */
  SELECT
    "customers"."region" AS "region",
    COUNT(*) AS "new_customers"
  FROM "shop"."customers"
  LEFT JOIN "orders_by_customer"
    ON "customers"."customer_id" = "orders_by_customer"."customer"
  WHERE
    "orders_by_customer"."first_order" >= TIMESTAMP '2024-01-01 00:00:00'
    AND "orders_by_customer"."first_order" < TIMESTAMP '2024-04-01 00:00:00'
  GROUP BY
    1
), "customers_by_region_of_joined_at" AS (
  /* customers by region, dated joined_at */
  SELECT
    "customers"."region" AS "region",
    CAST(SUM(COALESCE("orders_by_customer"."early_value", 0)) * 1000000 AS DOUBLE) / NULLIF(
      CAST(COUNT(COALESCE("orders_by_customer"."early_value", 0)) AS DOUBLE) * 1000000,
      0
    ) AS "early_value"
  FROM "shop"."customers"
  LEFT JOIN "orders_by_customer"
    ON "customers"."customer_id" = "orders_by_customer"."customer"
  WHERE
    "customers"."joined_at" >= TIMESTAMP '2024-01-01 00:00:00'
    AND "customers"."joined_at" < TIMESTAMP '2024-04-01 00:00:00'
  GROUP BY
    1
), "groups" AS (
  /* the groups that have a row */
  SELECT
    "customers_by_region"."region" AS "region"
  FROM "customers_by_region"
  UNION
  SELECT
    "customers_by_region_of_joined_at"."region" AS "region"
  FROM "customers_by_region_of_joined_at"
)
SELECT
  "groups"."region" AS "region",
  COALESCE("customers_by_region"."new_customers", 0) AS "new_customers",
  "customers_by_region_of_joined_at"."early_value" AS "early_value"
FROM "groups"
LEFT JOIN "customers_by_region"
  ON "groups"."region" IS NOT DISTINCT FROM "customers_by_region"."region"
LEFT JOIN "customers_by_region_of_joined_at"
  ON "groups"."region" IS NOT DISTINCT FROM "customers_by_region_of_joined_at"."region"
ORDER BY
  "region" ASC
