//! The words an event can say: each a closed list, written as it reads.

use crate::field::words;

words! {
    /// What a ledger is for.
    LedgerKind {
        /// Real gifts.
        Live = "live",
        /// Made up, to show and to learn; proposals bring their own time.
        Demo = "demo",
    }
}
words! {
    /// Who finally receives what a category gives.
    Beneficiary { Child = "child", Facility = "facility" }
}
words! {
    /// What a gift can consist of.
    Form { Money = "money", Goods = "goods", Service = "service" }
}
words! {
    /// What a registered item is; money needs no registering.
    ItemForm { Goods = "goods", Service = "service" }
}
words! {
    /// Where resources come from.
    Source {
        StateBudget = "state_budget",
        SocialDomestic = "social_domestic",
        SocialForeign = "social_foreign",
        CharityFund = "charity_fund",
        ChildFund = "child_fund",
        FundForPoor = "fund_for_poor",
        Oda = "oda",
        Fngo = "fngo",
        OtherLegal = "other_legal",
    }
}
words! {
    /// How a target is measured.
    TargetKind {
        Ratio = "ratio",
        CountOfPlaces = "count_of_places",
        OnDemand = "on_demand",
        RecurringPerYear = "recurring_per_year",
    }
}
words! {
    /// What kind of place it is.
    PlaceKind {
        Province = "province",
        District = "district",
        Commune = "commune",
        Ward = "ward",
        Township = "township",
        SpecialZone = "special_zone",
        Village = "village",
        Facility = "facility",
    }
}
words! {
    /// Whether a successor takes over a place wholly or in part.
    Part { Whole = "whole", Part = "part" }
}
words! {
    /// What kind of party it is; never a natural person.
    PartyKind {
        Organisation = "organisation",
        Fund = "fund",
        Facility = "facility",
        Authority = "authority",
        Supplier = "supplier",
    }
}
words! {
    /// What became of a need.
    NeedOutcome { Met = "met", Withdrawn = "withdrawn", Duplicate = "duplicate" }
}
words! {
    /// How the donor wishes to be shown.
    Display { Named = "named", Anonymous = "anonymous" }
}
words! {
    /// How a gift came in.
    Channel { Bank = "bank", Cash = "cash", Goods = "goods", Service = "service" }
}
words! {
    /// On what a change of purpose or an expense rests.
    Consent { Donor = "donor", PublishedRule = "published_rule" }
}
words! {
    /// In what state a delivery arrived.
    Condition { Good = "good", Damaged = "damaged", Partial = "partial" }
}
words! {
    /// How often a sponsorship gives.
    Every { Month = "month", Term = "term", Year = "year" }
}
words! {
    /// Why a proposal is refused, in the order in which the rules are asked (design, chapter 7).
    RejectionCode {
        TooLarge = "too_large",
        Malformed = "malformed",
        UnknownType = "unknown_type",
        NotAuthorised = "not_authorised",
        IdempotencyConflict = "idempotency_conflict",
        PersonalData = "personal_data",
        DuplicateCode = "duplicate_code",
        UnknownReference = "unknown_reference",
        Closed = "closed",
        OutOfPeriod = "out_of_period",
        OutOfScope = "out_of_scope",
        ItemMismatch = "item_mismatch",
        ValueMismatch = "value_mismatch",
        SourceNotPermitted = "source_not_permitted",
        RestrictionViolated = "restriction_violated",
        RestrictionConflict = "restriction_conflict",
        Expired = "expired",
        SmallGroup = "small_group",
        FourEyes = "four_eyes",
        InsufficientQuantity = "insufficient_quantity",
        ReversalBlocked = "reversal_blocked",
    }
}
