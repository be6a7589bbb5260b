-- Counts beside the filters of a search page: how many programs in the state each choice would leave, named in a language.
-- A null `code` is *not stated*: it is counted as such, and is not a no. `not_ticked` counts programs that were asked and did
-- not tick the choice. Filters that are set already are given as well: `payer := 'medicaid'`, `age := 15`.
SET VARIABLE state = 'MA';
SET VARIABLE language = 'en';

FROM facets(level := 'iop', in_state := getvariable('state'), language := getvariable('language'));
