"""A provider's site → the pages worth fetching, within a budget; files of directories; drafts of new sources.

Pages are ranked by how likely they tell of IOPs, places, insurance and contact (`links`, whose words are
`links.csv`); each of these topics gets its share of the budget (`frontier`).
"""
