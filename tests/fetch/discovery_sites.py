"""Invented sites as link graphs: how common systems lay out their pages, and what floods them."""

from __future__ import annotations

from dataclasses import dataclass, field

Link = tuple[str, str]


@dataclass
class World:
    """`menu` is on every page; `pages` has further links by path; `maps` are sitemaps by file name."""

    want: dict[str, tuple[str, ...]]  # topic → paths, any of which tells it
    menu: list[Link]
    pages: dict[str, list[Link]] = field(default_factory=dict)
    maps: dict[str, list[str]] = field(default_factory=dict)
    site: str = "https://clinic.example/"


def slug(text: str) -> str:
    return text.lower().replace("&", "and").replace(",", "").replace("?", "").replace(" ", "-")


def menu(*pairs: str) -> list[Link]:
    return [tuple(p.split("|")) if "|" in p else (f"/{slug(p)}/", p) for p in pairs]


TOWNS = "Salem Lynn Boston Quincy Worcester Lowell Newton Woburn Malden Medford Revere Peabody Beverly Natick Waltham Dedham Canton Easton Milton Hull".split()
STATES = {
    "massachusetts": ["worcester", "quincy", "danvers"],
    "new-hampshire": ["salem", "nashua"],
    "florida": ["tampa", "miami", "naples"],
    "texas": ["austin", "dallas"],
}
INSURERS = "aetna cigna humana bcbs tricare uhc optum beacon magellan ambetter".split()
CONDITIONS = "depression anxiety ptsd ocd bipolar-disorder grief anger adhd bpd schizophrenia insomnia phobias panic-attacks burnout".split()
HEART = "cardiology oncology wound-care sleep-center urology bariatrics dermatology stroke primary-care urgent-care radiology maternity physical-therapy pediatrics orthopedics".split()


def wordpress_posts() -> World:
    m = menu(
        "Home|".replace("Home|", "/|Home"),
        "About Us",
        "Programs",
        "Intensive Outpatient Program",
        "Partial Hospitalization",
        "What We Treat",
        "Locations",
        "Insurance",
        "Admissions",
        "Blog",
        "Contact Us",
    )
    posts = (
        [
            "/what-is-iop/",
            "/iop-vs-php/",
            "/how-long-does-iop-last/",
            "/does-insurance-cover-iop/",
            "/benefits-of-intensive-outpatient-treatment/",
            "/can-you-work-while-in-iop/",
        ]
        + [f"/is-iop-right-for-me-{i}/" for i in range(30)]
        + [f"/2023/05/{i:02d}/signs-you-need-iop-{i}/" for i in range(1, 29)]
    )
    towns = [f"/iop-{t.lower()}-ma/" for t in TOWNS] + [f"/drug-rehab-{t.lower()}-ma/" for t in TOWNS]
    return World(
        {
            "iop": ("/intensive-outpatient-program/",),
            "php": ("/partial-hospitalization/",),
            "place": ("/locations/",),
            "centre": ("/locations/worcester-ma/",),
            "payment": ("/insurance/",),
            "contact": ("/contact-us/",),
            "program": ("/programs/",),
        },
        m,
        {"/locations/": [("/locations/worcester-ma/", "Worcester"), ("/locations/quincy-ma/", "Quincy")]},
        {"post-sitemap.xml": posts, "page-sitemap.xml": [u for u, _ in m] + towns},
    )


def plain_permalinks() -> World:
    names = [
        "Blog",
        "Careers",
        "News",
        "Our Team",
        "Events",
        "Privacy Policy",
        "Donate",
        "Testimonials",
        "History",
        "Depression",
        "Anxiety",
        "Grief",
        "Anger",
        "Couples",
        "Parenting",
        "Yoga",
        "Art",
        "Nutrition",
        "Sleep",
        "Pets",
        "Music",
        "Journaling",
        "Hiking",
        "Cooking",
        "Garden",
        "Choir",
        "Board Games",
        "Intensive Outpatient Program",
        "Partial Hospitalization",
        "Insurance",
        "Locations",
        "Contact",
        "Admissions",
    ]
    p = {n: f"/?page_id={i}" for i, n in enumerate(names, 10)}
    return World(
        {
            "iop": (p["Intensive Outpatient Program"],),
            "php": (p["Partial Hospitalization"],),
            "payment": (p["Insurance"],),
            "place": (p["Locations"],),
            "contact": (p["Contact"],),
        },
        [("/", "Home")]
        + [(u, n) for n, u in p.items()]
        + [("/?m=202401", "January"), ("/?cat=3", "News"), ("/?author=2", "Jane"), ("/?lang=es", "Español")],
    )


def joomla() -> World:
    def j(view: str, i: int, item: int) -> str:
        return f"/index.php?option=com_content&view={view}&id={i}&Itemid={item}"

    m = [
        ("/", "Home"),
        (j("article", 1, 101), "About"),
        (j("category", 8, 102), "Programs"),
        (j("article", 3, 103), "Insurance & Fees"),
        (j("article", 4, 104), "Our Offices"),
        (j("article", 5, 105), "Contact"),
    ]
    flood = [(j("article", 100 + i, 110), f"Reflection {i}") for i in range(60)]
    return World(
        {
            "iop": (j("article", 20, 102),),
            "payment": (m[3][0],),
            "place": (m[4][0],),
            "contact": (m[5][0],),
            "program": (m[2][0],),
        },
        m,
        {
            "/": flood,
            m[2][0]: [(j("article", 20, 102), "Evening IOP"), (j("article", 21, 102), "Day Treatment")],
        },
    )


def hospital() -> World:
    b = "/departments-services"
    m = [
        ("/", ""),
        (b, "Departments & Services"),
        ("/locations", "Locations"),
        ("/doctors", "Find a Doctor"),
        ("/patients-visitors", "Patients & Visitors"),
        ("/pay-bill", "Pay My Bill"),
        ("/about-us", "About Us"),
        ("/careers", "Careers"),
        ("/contact-us", "Contact Us"),
        ("/news", "News"),
    ]
    bh = f"{b}/behavioral-health"
    deps = [(f"{b}/{h}", h) for h in HEART] + [(bh, "Behavioral Health")]
    subs = [
        (f"{bh}/intensive-outpatient-program", "IOP"),
        (f"{bh}/partial-hospital-program", "PHP"),
        (f"{bh}/inpatient", "Inpatient"),
        (f"{bh}/locations", "Where to find us"),
    ]
    docs = [f"/doctors/dr-{i}-smith-md" for i in range(3000)]
    locs = [f"/locations/{h}-{t.lower()}" for h in HEART for t in TOWNS]
    deep = [
        f"{b}/{h}/{x}"
        for h in HEART
        for x in ("treatments", "conditions", "our-team", "what-to-expect", "programs", "services")
    ]
    return World(
        {
            "iop": (subs[0][0],),
            "php": (subs[1][0],),
            "gateway": (bh,),
            "payment": ("/pay-bill", "/patients-visitors/insurance"),
            "contact": ("/contact-us",),
            "place": ("/locations", f"{bh}/locations"),
        },
        m,
        {
            b: deps,
            bh: subs,
            "/patients-visitors": [("/patients-visitors/insurance", "Insurance")],
            "/locations": [(u, "") for u in locs[:100]],
        },
        {"sitemap.xml": docs + locs + deep + [u for u, _ in deps] + [u for u, _ in subs]},
    )


def chain() -> World:
    m = menu("/|Home", "/levels-of-care/intensive-outpatient/|IOP", "Insurance", "Locations", "Contact")
    more = {"/locations/": []}
    for s, cs in STATES.items():
        more["/locations/"].append((f"/locations/{s}/", s))
        more[f"/locations/{s}/"] = [(f"/locations/{s}/{c}/", c) for c in cs]
        for c in cs:
            more[f"/locations/{s}/{c}/"] = [
                (f"/locations/{s}/{c}/{x}/", x)
                for x in ("intensive-outpatient", "php", "insurance", "contact", "staff", "tour", "reviews")
            ]
    w = {
        "iop": ("/levels-of-care/intensive-outpatient/",),
        "payment": ("/insurance/",),
        "contact": ("/contact/",),
        "place": ("/locations/",),
    }
    w |= {
        f"centre {c}": (f"/locations/{s}/{c}/", f"/locations/{s}/{c}/intensive-outpatient/")
        for s, cs in STATES.items()
        for c in cs
    }
    return World(w, m, more)


def camel() -> World:
    m = [
        ("/", ""),
        ("/AboutUs.aspx", "About"),
        ("/OurPrograms.aspx", "Programs"),
        ("/OurLocations.aspx", "Locations"),
        ("/PayingForTreatment.aspx", "Paying"),
        ("/ContactUs.aspx", "Contact"),
        ("/CareersAtHarbor.aspx", "Join"),
        ("/StaffDirectory.aspx", "People"),
        ("/contactus.aspx", "Contact"),
    ]
    return World(
        {
            "iop": ("/Programs/IntensiveOutpatientProgram.aspx",),
            "payment": ("/PayingForTreatment.aspx",),
            "place": ("/OurLocations.aspx",),
            "contact": ("/ContactUs.aspx",),
        },
        m,
        {
            "/OurPrograms.aspx": [("/Programs/IntensiveOutpatientProgram.aspx", "Read more")]
            + [(f"/Programs/Group{i}.aspx", f"Group {i}") for i in range(30)]
        },
        {"sitemap.xml": [f"/Events/Detail{i}.aspx" for i in range(50)]},
    )


def one_page() -> World:
    return World(
        {"home": ("/",)},
        [("/", "Home"), ("#iop", "IOP"), ("/#contact", "Contact"), ("/privacy-policy", "Privacy")],
    )


def squarespace() -> World:
    m = menu(
        "/|Home",
        "/new-page-3|Our IOP",
        "/about-1|About",
        "/new-page|Insurance & Payment",
        "/contact|Contact",
        "/new-page-7|Careers",
        "/locations-1|Visit",
        "/blog|Blog",
    )
    return World(
        {
            "iop": ("/new-page-3",),
            "payment": ("/new-page",),
            "contact": ("/contact",),
            "place": ("/locations-1",),
        },
        m,
        {},
        {
            "sitemap.xml": [u for u, _ in m]
            + [f"/blog/{slug(c)}-and-iop-{i}" for c in CONDITIONS for i in range(5)]
            + [f"/blog/category/{c}" for c in CONDITIONS]
            + [f"/home-{i}" for i in range(12)]
        },
    )


WORLDS = (wordpress_posts, plain_permalinks, joomla, hospital, chain, camel, one_page, squarespace)
