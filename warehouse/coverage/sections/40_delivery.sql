-- How intensive outpatient programs are attended
-- Shares are of the services that say how they are attended; what they do not say is a column of its own, not a no.
SELECT coalesce(state, 'virtual, or no place stated') AS state, count(DISTINCT service_id) AS iop_services,
    CASE WHEN bool_or(delivery IS NOT NULL) THEN count(DISTINCT service_id) FILTER (delivery = 'in_person') END AS in_person_only,
    CASE WHEN bool_or(delivery IS NOT NULL) THEN count(DISTINCT service_id) FILTER (delivery = 'virtual') END AS virtual_only,
    CASE WHEN bool_or(delivery IS NOT NULL) THEN count(DISTINCT service_id) FILTER (delivery = 'hybrid') END AS hybrid,
    count(DISTINCT service_id) FILTER (delivery IS NULL) AS not_stated,
    format('{:.0f} %', 100.0 * (virtual_only + hybrid) / nullif(iop_services - not_stated, 0)) AS virtual_share_of_stated
FROM known WHERE level_of_care = 'iop'
GROUP BY ALL ORDER BY iop_services DESC, state;
