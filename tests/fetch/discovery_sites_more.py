"""More of them: these were not looked at while the scores were first set."""

from __future__ import annotations

from discovery_sites import CONDITIONS, HEART, INSURERS, STATES, TOWNS, World, menu


def webflow() -> World:
    m = menu(
        "/|",
        "/programs/intensive-outpatient|Intensive Outpatient",
        "/programs/php|PHP",
        "/locations|Locations",
        "/team|Team",
        "/resources|Resources",
        "/insurance|Insurance",
        "/contact|Get Help Now",
        "/careers|Careers",
    )
    return World(
        {
            "iop": ("/programs/intensive-outpatient",),
            "php": ("/programs/php",),
            "virtual": ("/programs/virtual-iop",),
            "place": ("/locations",),
            "centre": ("/locations/boston", "/locations/salem"),
            "payment": ("/insurance",),
            "contact": ("/contact",),
        },
        m,
        {"/locations": [(f"/locations/{t.lower()}", t) for t in TOWNS]},
        {
            "sitemap.xml": [f"/resources/{c}-{i}" for c in CONDITIONS for i in range(9)]
            + [f"/conditions/{c}" for c in CONDITIONS]
            + [f"/therapies/{c}" for c in ("dbt", "cbt", "emdr", "act", "art", "yoga")]
            + ["/programs/virtual-iop"]
            + [f"/team/person-{i}" for i in range(60)]
            + [f"/locations/{t.lower()}" for t in TOWNS]
        },
    )


def wix() -> World:
    m = menu(
        "/|HOME",
        "/iop|IOP",
        "/copy-of-iop|PHP",
        "/blank-page-1|Contact",
        "/general-5|Insurance",
        "/our-team|Team",
        "/faq|FAQ",
        "/blank-page-2|Our Locations",
    )
    return World(
        {
            "iop": ("/iop",),
            "php": ("/copy-of-iop",),
            "contact": ("/blank-page-1",),
            "payment": ("/general-5",),
            "place": ("/blank-page-2",),
        },
        m,
        {},
        {
            "blog-posts-sitemap.xml": [f"/post/why-iop-works-{i}" for i in range(80)],
            "blog-categories-sitemap.xml": ["/blog/categories/iop"],
            "pages-sitemap.xml": [u for u, _ in m] + [f"/blank-page-{i}" for i in range(3, 20)],
        },
    )


def hospital_sitecore() -> World:
    b = "/services/service-list"
    m = menu(
        "/|",
        "/services|Services",
        "/find-a-doctor|Find a Doctor",
        "/locations|Locations",
        "/patients-and-visitors|Patients",
        "/about|About",
        "/giving|Give",
        "/conditions-and-treatments|Conditions & Treatments",
    )
    ps = f"{b}/psychiatry"
    return World(
        {
            "iop": (f"{ps}/programs/adult-intensive-outpatient",),
            "php": (f"{ps}/programs/partial-hospital-program",),
            "gateway": (ps,),
            "payment": ("/patients-and-visitors/billing-and-insurance",),
            "contact": ("/about/contact-us",),
            "place": ("/locations",),
        },
        m,
        {
            "/services": [(f"{b}/{h}", h) for h in HEART] + [(ps, "Psychiatry")],
            ps: [(f"{ps}/programs", "Our programs")],
            f"{ps}/programs": [
                (f"{ps}/programs/adult-intensive-outpatient", "Adult IOP"),
                (f"{ps}/programs/partial-hospital-program", "Partial"),
            ],
            "/patients-and-visitors": [
                ("/patients-and-visitors/billing-and-insurance", "Billing"),
                ("/patients-and-visitors/parking", "Parking"),
            ],
            "/about": [("/about/contact-us", "Contact")],
        },
        {
            "sitemap.xml": [f"/conditions-and-treatments/{h}/treatment-{i}" for h in HEART for i in range(60)]
            + [f"/find-a-doctor/{i}" for i in range(2000)]
            + [f"/locations/{t.lower()}-{h}" for t in TOWNS for h in HEART]
            + [f"{b}/{h}/programs/{x}" for h in HEART for x in "a b c d".split()]
        },
    )


def chain_root() -> World:
    m = menu(
        "/|",
        "/what-we-treat|What We Treat",
        "/levels-of-care|Levels of Care",
        "/locations|Find a Location",
        "/admissions|Admissions",
        "/insurance|Insurance",
        "/about|About",
        "/contact|Contact",
    )
    more = {
        "/levels-of-care": [("/levels-of-care/iop", "IOP"), ("/levels-of-care/php", "PHP")],
        "/locations": [(f"/{s}/", s) for s in STATES],
    }
    for s, cs in STATES.items():
        more[f"/{s}/"] = [(f"/{s}/{c}-recovery-center/", f"{c} Recovery Center") for c in cs]
    w = {
        "iop": ("/levels-of-care/iop",),
        "payment": ("/insurance",),
        "contact": ("/contact",),
        "place": ("/locations",),
    } | {f"centre {c}": (f"/{s}/{c}-recovery-center/",) for s, cs in STATES.items() for c in cs}
    return World(
        w,
        m,
        more,
        {
            "sitemap.xml": [f"/insurance/{i}-rehab-coverage" for i in INSURERS]
            + [f"/drugs/{i}-addiction-treatment" for i in range(60)]
            + [f"/alcohol/{c}" for c in CONDITIONS]
        },
    )


def agency() -> World:
    m = menu(
        "/|",
        "/services|Services",
        "/locations|Locations",
        "/get-help|Get Help",
        "/about|About",
        "/contact|Contact",
        "/careers|Careers",
        "/donate|Donate",
        "/news|News",
    )
    s = "/services"
    more = {
        s: [
            (f"{s}/{x}", x)
            for x in (
                "housing",
                "day-habilitation",
                "behavioral-health",
                "early-intervention",
                "foster-care",
                "shelter",
                "family-support",
                "elder-care",
                "transportation",
                "employment-services",
            )
        ],
        f"{s}/behavioral-health": [
            (f"{s}/behavioral-health/{x}", x)
            for x in (
                "adult-outpatient-services",
                "crisis",
                "community-support",
                "residential-treatment",
                "child-services",
            )
        ],
        f"{s}/behavioral-health/adult-outpatient-services": [
            (
                f"{s}/behavioral-health/adult-outpatient-services/structured-outpatient-addiction-program",
                "SOAP",
            )
        ],
        f"{s}/housing": [(f"{s}/housing/home-{i}", f"Home {i}") for i in range(30)],
    }
    return World(
        {
            "iop": (
                f"{s}/behavioral-health/adult-outpatient-services/structured-outpatient-addiction-program",
            ),
            "gateway": (f"{s}/behavioral-health",),
            "place": ("/locations",),
            "contact": ("/contact",),
            "help": ("/get-help",),
        },
        m,
        more,
    )


def practice_seo() -> World:
    m = menu(
        "/|",
        "Mental Health IOP",
        "Teen IOP",
        "Virtual IOP",
        "/our-approach/dbt|What is DBT?",
        "/tour-the-facility/|Tour",
        "Verify Your Benefits",
        "/get-in-touch/|Get In Touch",
        "/reviews/|Reviews",
        "/areas-we-serve/|Areas We Serve",
    )
    seo = (
        [f"/{c}-treatment-in-{t.lower()}-ma/" for c in CONDITIONS[:6] for t in TOWNS]
        + [f"/does-{i}-cover-iop/" for i in INSURERS]
        + [f"/{a}-vs-{b}/" for a in ("iop", "php", "rtc") for b in ("iop", "php", "op") if a != b]
        + [f"/why-{c}-needs-an-intensive-outpatient-program/" for c in CONDITIONS]
    )
    return World(
        {
            "iop": ("/mental-health-iop/",),
            "teen": ("/teen-iop/",),
            "virtual": ("/virtual-iop/",),
            "payment": ("/verify-your-benefits/",),
            "contact": ("/get-in-touch/",),
            "place": ("/areas-we-serve/",),
            "dbt": ("/our-approach/dbt",),
        },
        m,
        {},
        {"sitemap.xml": seo + [f"/es{u}" for u in seo]},
    )


def telehealth() -> World:
    m = menu(
        "/|",
        "/how-it-works|How It Works",
        "/programs/iop|Virtual IOP",
        "/programs/teens|For Teens",
        "/insurance|Insurance",
        "/states|Where We Operate",
        "/contact|Contact",
        "/for-clinicians|Refer",
    )
    st = [f"state{i}" for i in range(30)] + ["texas", "ohio", "massachusetts"]
    return World(
        {
            "iop": ("/programs/iop",),
            "teens": ("/programs/teens",),
            "payment": ("/insurance",),
            "contact": ("/contact",),
            "place": ("/states",),
            "state page": tuple(f"/virtual-iop-{s}" for s in st),
        },
        m,
        {"/states": [(f"/virtual-iop-{s}", s) for s in st]},
        {
            "sitemap.xml": [f"/virtual-iop-{s}/{t.lower()}" for s in st for t in TOWNS]
            + [f"/learn/{c}-{i}" for c in CONDITIONS for i in range(10)]
        },
    )


def old_html() -> World:
    m = menu(
        "/|",
        "/iop.htm|Intensive Outpatient",
        "/ins.htm|Insurance",
        "/where.htm|Directions",
        "/staff.htm|Staff",
        "/contact.htm|Contact",
        "/links.htm|Links",
    )
    return World(
        {
            "iop": ("/iop.htm",),
            "payment": ("/ins.htm",),
            "place": ("/where.htm",),
            "contact": ("/contact.htm",),
        },
        m,
        {"/": [(f"/photo{i}.htm", f"Photo {i}") for i in range(40)]},
    )


WORLDS = (webflow, wix, hospital_sitecore, chain_root, agency, practice_seo, telehealth, old_html)
