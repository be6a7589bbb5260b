"""The last of them: invented after the scores were set."""

from __future__ import annotations

from discovery_sites import CONDITIONS, HEART, STATES, TOWNS, World, menu


def drupal_q() -> World:
    m = [
        ("/", "Home"),
        ("/?q=about", "About"),
        ("/?q=services", "Services"),
        ("/?q=node/12", "Insurance accepted"),
        ("/?q=node/14", "Where we are"),
        ("/?q=contact", "Contact"),
        ("/?q=node/20", "Employment"),
        ("/?q=blog", "Blog"),
    ]
    return World(
        {
            "iop": ("/?q=services/iop",),
            "payment": ("/?q=node/12",),
            "place": ("/?q=node/14",),
            "contact": ("/?q=contact",),
        },
        m,
        {
            "/?q=services": [("/?q=services/iop", "IOP"), ("/?q=services/couples", "Couples")],
            "/": [(f"/?q=node/{i}", f"Thought {i}") for i in range(100, 150)]
            + [("/?q=services&page=2", "Next")],
        },
    )


def hospital_library() -> World:
    s = "/medical-services"
    m = menu(
        "/|",
        "/medical-services|Medical Services",
        "/providers|Find a Provider",
        "/locations|Locations",
        "/for-patients|For Patients",
        "/health-library|Health Library",
        "/classes-events|Classes",
        "/mychart|MyChart",
        "/contact|Contact",
    )
    mh = f"{s}/mental-health-care"
    return World(
        {
            "iop": (f"{mh}/intensive-outpatient",),
            "php": (f"{mh}/partial-hospitalization",),
            "gateway": (mh,),
            "payment": ("/for-patients/financial-assistance", "/for-patients/insurance"),
            "place": ("/locations",),
            "contact": ("/contact",),
        },
        m,
        {
            s: [(f"{s}/{h}", h) for h in HEART] + [(mh, "Mental Health")],
            mh: [
                (f"{mh}/intensive-outpatient", "IOP"),
                (f"{mh}/partial-hospitalization", "PHP"),
                (f"{mh}/inpatient-unit", "Inpatient"),
            ],
            "/for-patients": [
                ("/for-patients/financial-assistance", "Financial assistance"),
                ("/for-patients/insurance", "Insurance"),
                ("/for-patients/parking", "Parking"),
            ],
        },
        {
            "sitemap.xml": [f"/health-library/{c}-{i}" for c in CONDITIONS for i in range(99)]
            + [f"/providers/p-{i}" for i in range(900)]
            + [f"/locations/{t.lower()}-clinic-{i}" for t in TOWNS for i in range(8)]
            + [
                f"{s}/{h}/{x}"
                for h in HEART
                for x in ("services", "treatment-options", "care-team", "programs")
            ]
        },
    )


def chain_flat() -> World:
    cs = [f"{s[:2]}-{c}" for s, towns in STATES.items() for c in towns]
    m = menu(
        "/|",
        "/treatment/iop|IOP",
        "/treatment/php|PHP",
        "/treatment|Treatment",
        "/locations|Locations",
        "/cost-of-treatment|Cost",
        "/contact-us|Contact",
        "/stories|Stories",
    )
    more = {"/locations": [(f"/locations/{c}", c) for c in cs]} | {
        f"/locations/{c}": [
            (f"/locations/{c}/{x}", x)
            for x in ("iop", "php", "residential", "team", "gallery", "directions", "insurance")
        ]
        for c in cs
    }
    return World(
        {
            "iop": ("/treatment/iop",),
            "php": ("/treatment/php",),
            "payment": ("/cost-of-treatment",),
            "contact": ("/contact-us",),
            "place": ("/locations",),
        }
        | {f"centre {c}": (f"/locations/{c}",) for c in cs},
        m,
        more,
        {"sitemap.xml": [f"/stories/{i}" for i in range(200)]},
    )


def megamenu() -> World:
    th = "cbt emdr dbt act yoga art-therapy music-therapy equine family-therapy group-therapy".split()
    m = menu(
        "/|",
        "/our-programs/residential|Residential",
        "/our-programs/day-treatment|Day Treatment",
        "/our-programs/evening-groups|Evening Groups",
        "/our-programs/intensive-outpatient|IOP",
        *[f"/conditions/{c}|{c}" for c in CONDITIONS],
        *[f"/therapies/{t}|{t}" for t in th],
        *[
            f"/substances/{x}-addiction|{x}"
            for x in "alcohol cocaine meth heroin opioids benzo xanax adderall".split()
        ],
        "/tour|Tour",
        "/who-we-are|Us",
        "/payment-options|Payment Options",
        "/facilities|Facilities",
        "/reach-us|Reach Us",
        "/jobs|Jobs",
    )
    return World(
        {
            "iop": ("/our-programs/intensive-outpatient",),
            "day": ("/our-programs/day-treatment",),
            "evening": ("/our-programs/evening-groups",),
            "payment": ("/payment-options",),
            "place": ("/facilities",),
            "contact": ("/reach-us",),
        },
        m,
        {},
        {"post-sitemap.xml": [f"/{c}-and-{t}-{i}/" for c in CONDITIONS for t in th for i in range(3)]},
    )


def dnn() -> World:
    m = [
        ("/", ""),
        ("/Home/tabid/36/Default.aspx", "Home"),
        ("/Services/tabid/57/Default.aspx", "Services"),
        ("/Services/IOP/tabid/58/Default.aspx", "Evening Program"),
        ("/Insurance/tabid/60/Default.aspx", "Insurance"),
        ("/Contact/tabid/61/Default.aspx", "Contact"),
        ("/Staff/tabid/62/Default.aspx", "Staff"),
        ("/Locations/tabid/63/Default.aspx", "Locations"),
    ]
    return World(
        {"iop": (m[3][0],), "payment": (m[4][0],), "contact": (m[5][0],), "place": (m[7][0],)},
        m,
        {"/": [(f"/News/tabid/70/ItemID/{i}/Default.aspx", f"Item {i}") for i in range(60)]},
    )


def weebly() -> World:
    m = menu(
        "/|",
        "/iop.html|IOP",
        "/fees--insurance.html|Fees & Insurance",
        "/contact.html|Contact",
        "/about.html|About",
        "/store/c1/featured|Store",
        "/blog|Blog",
        "/directions.html|Directions",
    )
    return World(
        {
            "iop": ("/iop.html",),
            "payment": ("/fees--insurance.html",),
            "contact": ("/contact.html",),
            "place": ("/directions.html",),
        },
        m,
        {"/blog": [(f"/blog/post-{i}", f"p{i}") for i in range(30)]},
        {
            "sitemap.xml": [f"/store/p{i}/item.html" for i in range(50)]
            + [f"/untitled-{i}.html" for i in range(30)]
        },
    )


def directory_towns() -> World:
    m = menu(
        "/|",
        "/iop|IOP",
        "/php|PHP",
        "/teen|Teens",
        "/blog|Blog",
        "/contact|Contact",
        "/insurance|Insurance",
        "/locations/boston|Boston",
        "/locations/salem|Salem",
    )
    return World(
        {
            "iop": ("/iop",),
            "php": ("/php",),
            "teen": ("/teen",),
            "payment": ("/insurance",),
            "contact": ("/contact",),
            "boston": ("/locations/boston",),
            "salem": ("/locations/salem",),
        },
        m,
        {
            "/": [
                (f"/service-areas/{t.lower()}-{x}", f"{t} {x}")
                for t in TOWNS
                for x in ("iop", "php", "rehab")
            ]
        },
        {
            "sitemap.xml": [
                f"/{x}-near-{t.lower()}"
                for t in TOWNS
                for x in ("iop", "php", "anxiety-treatment", "insurance-coverage")
            ]
        },
    )


WORLDS = (drupal_q, hospital_library, chain_flat, megamenu, dnn, weebly, directory_towns)
