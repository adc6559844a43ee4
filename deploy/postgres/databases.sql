-- A database for each service and a role that owns it; nobody else may connect.
-- The image runs this once, when its volume is new; the passwords come from the container's environment.

\getenv catalog HOLDFAST_CATALOG_PASSWORD
CREATE ROLE catalog LOGIN PASSWORD :'catalog';
CREATE DATABASE catalog OWNER catalog;
REVOKE ALL ON DATABASE catalog FROM PUBLIC;

\getenv rooms HOLDFAST_ROOMS_PASSWORD
CREATE ROLE rooms LOGIN PASSWORD :'rooms';
CREATE DATABASE rooms OWNER rooms;
REVOKE ALL ON DATABASE rooms FROM PUBLIC;

\getenv scheduling HOLDFAST_SCHEDULING_PASSWORD
CREATE ROLE scheduling LOGIN PASSWORD :'scheduling';
CREATE DATABASE scheduling OWNER scheduling;
REVOKE ALL ON DATABASE scheduling FROM PUBLIC;

\getenv billing HOLDFAST_BILLING_PASSWORD
CREATE ROLE billing LOGIN PASSWORD :'billing';
CREATE DATABASE billing OWNER billing;
REVOKE ALL ON DATABASE billing FROM PUBLIC;

\getenv identity HOLDFAST_IDENTITY_PASSWORD
CREATE ROLE identity LOGIN PASSWORD :'identity';
CREATE DATABASE identity OWNER identity;
REVOKE ALL ON DATABASE identity FROM PUBLIC;
