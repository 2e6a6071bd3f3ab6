# Plans: the list, one in full, the check of a file.
programme-column-id = Id
programme-column-title = Plan
programme-period = Period
programme-parent = Under
programme-under = under { $parent }
programme-min-group = Smallest group of children named with a commune
programme-groups = Groups of children
programme-documents = Documents
programme-places = Places
programme-places-any = The plan names no place: any registered one.
programme-special = of special attention
programme-categories = Categories
programme-category-forms = For a { $beneficiary }: { $forms }
programme-category-sources = From these sources only: { $sources }
programme-items = Goods and services
programme-targets = Targets
programme-value = to reach
programme-due = due
programme-cut-off = figures closed
programme-duties = Duties
programme-reports = Reports
programme-notes = Notes
programme-source = Source
programme-sources = Papers
programme-list-hint =
    See a plan: minhbach programme show ID
    Record it in a new ledger: minhbach init --origin NAME --programme ID
programme-not-known = No plan “{ $id }” comes with the program. There are: { $known }. A plan of your own is checked by minhbach programme check FILE.

programme-word-child = child
programme-word-facility = facility
programme-word-money = money
programme-word-ratio = ratio
programme-word-count-of-places = count of places
programme-word-on-demand = on demand
programme-word-recurring-per-year = every year again
programme-word-plan = plan
programme-word-decision = decision
programme-word-legal-basis = legal basis
programme-word-implementation = implementation
programme-word-preschool-primary = pre-school and primary children
programme-word-special-circumstances = children in special circumstances
programme-word-difficult-circumstances = children in difficult circumstances
programme-word-at-risk = children at risk of special circumstances
programme-word-poor-household = children of poor households
programme-word-near-poor-household = children of near-poor households

programme-error = { $file }, line { $line }, column { $column }: { $why }
programme-error-field = { $file }, line { $line }, column { $column }, field { $field }: { $why }
programme-not-utf8 = { $path } is not UTF-8 text. Save the file as UTF-8.
programme-too-long = { $path } is longer than 1 MiB and cannot be a plan.
programme-toml = not TOML ({ $said }); look at the quotes, brackets and commas here
programme-no-such-event = there is no event type “{ $name }”; use place.registered, place.succeeded, programme.published, item.registered
programme-headed = expected tables headed by [[{ $event }]], with two brackets
programme-top-level = outside the tables stand as_of, sources and [[notes]] only
programme-no-as-of = required but missing; add the day on which the file was true, like as_of = 2026-01-15
programme-not-a-date = expected a date without quotes, like 2026-01-15
programme-no-source = required but missing; say which paper it is from
programme-not-text = expected a text in quotes that is not empty
programme-not-a-paper = expected a text in quotes, or { "{" } key = "…", vi = "…" { "}" }
programme-not-in-data = a plan's file has no such field; take it out
programme-decimal = write decimals as text, like "20.978"
programme-whole = expected an integer of 0 or more
programme-too-large = { $bytes } bytes, more than an entry can hold; shorten it or make several plans of it
programme-later = the { $kind } “{ $name }” comes only at line { $line }; move that table up
programme-unknown = there is no { $kind } “{ $name }”; correct the slug, or add its table before
programme-unknown-programme = there is no { $kind } “{ $name }”; minhbach programme list says which there are
programme-unknown-group = there is no { $kind } “{ $name }” in the plan's groups; add it there or correct it
programme-unknown-category = there is no { $kind } “{ $name }” in the plan; add it or correct the label
programme-unknown-field = there is no { $kind } “{ $name }”; write places or targets[LABEL].value
programme-unknown-about = there is no { $kind } “{ $name }” in this file; a note is about something in the file
programme-twice = “{ $name }” stands already at line { $line }; take one out or name it otherwise
programme-embedded = “{ $name }” is already in { $file }, which comes with the program; use it without declaring it, or take another name
programme-due-outside-period = falls outside the plan's period; correct one of the two
programme-cut-off-after-due = lies after the day on which the report is due; figures close before it
programme-successor-later = the successor begins (valid_from) after this day; correct one of the two
programme-no-plan = no plan in this file yet; add a table headed [[programme.published]]
programme-kind-place = place
programme-kind-programme = plan
programme-kind-item = item
programme-kind-group = group
programme-kind-category = category
programme-kind-target = target
programme-kind-report = report
programme-kind-slug = slug
programme-kind-field = field
programme-refused = The file is well formed, but the ledger's rules refuse { $event }: { $why }
programme-passed = Sound. { $file } can go into a new ledger: { $entries }, with all that the plan rests on.
programme-not-opened =
    No ledger was made: { $file } has errors. Correct them and try minhbach programme check.
    { $why }

count-plan-errors-one = { $count } error
count-plan-errors-many = { $count } errors
count-categories-one = { $count } category
count-categories-many = { $count } categories
count-targets-one = { $count } target
count-targets-many = { $count } targets
count-notes-one = { $count } note
count-notes-many = { $count } notes

help-value-id = ID
help-programme = The plans: those that come with the program, and the check of one of your own
help-programme-list = List the plans that come with the program
help-programme-show = Show one plan in full: scope, categories, targets, duties, notes and sources
help-programme-show-id = A plan's id, like hn-204-2019
help-programme-check = Check a plan of your own before it is recorded
help-programme-check-file = A TOML file
help-programme-check-more =
    Says all errors at once: file, line, column, field and what to do (exit 1). Without errors it
    prints a summary (exit 0). A file that cannot be read: exit 2. How to write one:
    docs/your-own-plan.md.

    Into a new ledger:
      minhbach init --origin so.example.vn/fund --programme plan.toml
