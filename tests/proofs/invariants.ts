// The 67 invariants of the money, the votes and the record of what was done, each with what holds it. The guard (tests/guards/invariants.test.ts)
// is red when one has no means, when a means does not exist, or when one that waits for a capability could be held by now.
//   constraint  a constraint or unique index of the database            appended  the application has no right to change or delete the rows
//   rights      the application may change these columns and no other   sweep     a proof of the nightly sweep and of `heyuan verify`
//   test        a test by file and name                                 rule      a rule of the schema lint or of the source lint
export type Means =
  | { constraint: string; of: string }
  | { appended: string }
  | { rights: string; columns: readonly string[] }
  | { sweep: string }
  | { test: string; name: string }
  | { rule: string }
export interface Invariant {
  id: string
  says: string
  held: readonly Means[]
  /** What does not exist yet: how its tables will be called, and the requirement that brings them. */
  waits?: { tables: RegExp; brought_by: string }
}

const constraint = (of: string, ...names: string[]): Means[] => names.map((name) => ({ constraint: name, of }))
const appended = (...tables: string[]): Means[] => tables.map((table) => ({ appended: table }))
const sweep = (...codes: string[]): Means[] => codes.map((code) => ({ sweep: code }))
const rule = (name: string): Means[] => [{ rule: name }]
const test = (file: string, ...names: string[]): Means[] => names.map((name) => ({ test: file, name }))
const of = (module: string, file: string) => (...names: string[]): Means[] => test(`src/modules/${module}/server/${file}.test.ts`, ...names)

const ledger = of('ledger', 'ledger')
const bills = of('billing', 'billing')
const late = of('billing', 'late')
const lateRules = of('billing', 'rules/late')
const waivers = of('billing', 'waivers')
const desk = of('payment', 'desk')
const online = of('payment', 'online')
const refund = of('payment', 'refund')
const channelRefund = of('payment', 'refund_channel')
const wallet = of('payment', 'wallet')
const closing = of('closing', 'closing')
const recon = of('closing', 'recon')
const funds = of('funds', 'funds')
const uses = of('funds', 'uses')
const votes = of('votes', 'votes')
const reminders = of('reminders', 'reminders')
const crash = (...names: string[]): Means[] => test('tests/crash/crash.test.ts', ...names)
const model = test('tests/proofs/model.test.ts', 'whatever happens, the books say what the model says')
const POINTS = test('tests/crash/points.test.ts', 'whatever dies, and wherever: done once, all of it or nothing')
const WORKER = 'the worker is killed in the middle of a big publication'

export const INVARIANTS: readonly Invariant[] = [
  // ---- ledger
  { id: 'L1', says: 'A journal sums to zero, has two lines or more, and no line of zero', held: [...sweep('ledger:L1'), ...constraint('ledger.posting', 'posting_amount_fen_check'), ...ledger('refuses what is not a journal')] },
  { id: 'L2', says: 'All postings of a book sum to zero', held: sweep('ledger:L2') },
  { id: 'L3', says: 'A kept balance (purse, deposit, fund account) is the sum of its postings', held: [...model, ...sweep('payment:W1', 'payment:L8W', 'payment:L8D', 'funds:M1', 'funds:M2')] },
  { id: 'L4', says: 'Journals and postings are never changed or deleted', held: [...appended('ledger.journal', 'ledger.posting'), ...ledger('is only ever added to')] },
  { id: 'L5', says: 'A source event has one journal in a book at most', held: [...constraint('ledger.journal', 'journal_source_key'), ...ledger('writes a journal once per source, with the accounts it needs')] },
  { id: 'L6', says: 'A journal is reversed once at most, and account by account', held: [...constraint('ledger.journal', 'journal_reverses'), ...sweep('ledger:L6'), ...ledger('reverses exactly, and once')] },
  { id: 'L7', says: 'Lines of a journal lie in one company and book; books owe each other the same', held: sweep('ledger:L3', 'ledger:L7') },
  { id: 'L8', says: 'A control account is the sum of what stands below it: bills, purses, deposits, refunds, suspense', held: sweep('billing:L8', 'payment:L8W', 'payment:L8D', 'payment:L8R', 'payment:L8B', 'funds:M7') },
  { id: 'L9', says: 'A journal lies in an open month', held: [...sweep('ledger:L9'), ...closing('loses no journal that races with its closing')] },
  { id: 'L10', says: 'Money is whole fen everywhere, below 2^53, without floats', held: [...rule('no float in a money path'), ...rule('money is bigint fen'), ...test('src/kernel/money.test.ts', 'takes safe integers only', 'reads what pg gives', 'no float creeps in at the edge of the range')] },
  // ---- bills
  { id: 'B1', says: 'Paid, reduced and open make the amount, none below zero', held: [...constraint('billing.bill', 'bill_check', 'bill_paid_fen_check', 'bill_reduced_fen_check', 'bill_amount_fen_check', 'bill_moved_fen_check'), ...waivers('two requests for one bill decided at once: the bill gives only what it owes')] },
  { id: 'B2', says: 'A house has one live bill an item and period', held: [...constraint('billing.bill', 'bill_live'), ...sweep('billing:B2'), ...bills('published twice at once bills once')] },
  { id: 'B3', says: 'An amount comes again from what the bill keeps', held: [...sweep('billing:B3', 'billing:B3T', 'billing:SH1'), ...of('billing', 'lines')('agrees with the reference, line by line and fen by fen')] },
  { id: 'B4', says: 'A period run again changes nothing', held: bills('changes nothing when the period is run again') },
  { id: 'B5', says: 'A run broken off anywhere and taken up again bills the same', held: [...bills('bills the same, once, however often the job is run'), ...crash(WORKER), ...POINTS] },
  { id: 'B6', says: 'A run is the sum of its bills and of its receivable', held: [...sweep('billing:B6', 'billing:B6J'), ...crash(WORKER)] },
  { id: 'B7', says: 'Only an unpaid bill is voided; its journal is undone and its key free', held: [...constraint('billing.bill', 'bill_check1'), ...sweep('billing:B7'), ...bills('is void only while nothing is paid, and can be issued again')] },
  { id: 'B8', says: 'What a bill was issued with is never changed', held: [{ rights: 'billing.bill', columns: ['moved_fen', 'paid_fen', 'reduced_fen', 'void_reason', 'voided_at', 'voided_by'] }, ...sweep('billing:B3', 'billing:B6')] },
  { id: 'B9', says: 'Parts sum to the whole: days, owners, shared cost, discounts, split and merged bills', held: [...sweep('billing:SH1', 'billing:B14'), ...test('src/kernel/money.test.ts', 'add up exactly, each within one fen of its exact share'), ...of('meters', 'rules/split')('sums to the whole to the fen, whatever the order of the houses, and errs by less than a fen a house'), ...of('billing', 'rules/rules')('parts of a month at one price add up to the whole, to the fen, in every proration by days'), ...bills('splits a month exactly when the house changes hands in it')] },
  { id: 'B10', says: 'Tiers hold the whole usage, begin anew with their year, and do not care how it was read', held: [...of('meters', 'rules/usage')('telescopes: one reading at the end counts the same as many between', 'adds up over any series of readings, runs over, replacements, estimates and late corrections'), ...test('src/modules/tariff/rules/rules.test.ts', 'the crossing month by rule, and a bill over the border of the tier year')] },
  { id: 'B11', says: 'Readings follow each other and each is billed once', held: [...constraint('meters.reading', 'reading_company_id_meter_id_period_on_key', 'reading_usage_check'), ...sweep('billing:B11', 'billing:B11R')] },
  { id: 'B12', says: 'Days of who pays neither overlap nor leave a gap', held: [...constraint('people.payer', 'payer_company_id_house_id_fee_class_daterange_excl'), ...sweep('billing:B12'), ...of('people', 'rules/payers')('each class of each day from the first has exactly one payer'), ...of('people', 'people')('every house with an owner has exactly one payer for each class of each day')] },
  { id: 'B13', says: 'Due is not before issue; how a bill stands follows from amounts and days', held: sweep('billing:B13') },
  { id: 'B14', says: 'Nothing is billed before hand-over, beyond the contract, or for an exempt house', held: [...of('billing', 'lines')('agrees with the reference, line by line and fen by fen'), ...bills('leaves out what is excluded, with a reason, and takes it in again', 'is its items, less those assigned away, with the amount explained'), ...of('people', 'people')('move in: the developer pays to the day before, or to the end of the month')] },
  // ---- late fees, reductions
  { id: 'F1', says: 'A late fee bears on open principal alone, after grace, up to its cap', held: [...sweep('billing:F1'), ...lateRules('grace, from the due day or from its end; shifted off a weekend', 'caps, LPR, price versions of the rate, pauses', 'never falls as days pass, never bears a fee before its start, and the days add up')] },
  { id: 'F2', says: 'The fee of two spans is the fee of both together', held: lateRules('equals counting one day after the other', 'never falls as days pass, never bears a fee before its start, and the days add up') },
  { id: 'F3', says: 'Charging a day twice adds nothing', held: [...constraint('billing.bill', 'bill_live'), ...late('becomes a bill of its own once, is paid and waived like any other, and goes on counting')] },
  { id: 'F4', says: 'A payment of an earlier day takes off exactly what it would have saved', held: [...model, ...late('without a rule there is no fee; with one it follows the payments day by day'), ...test('src/modules/tariff/rules/rules.test.ts', 'grow by days, never over the cap, and an early payment gives exactly less')] },
  { id: 'F5', says: 'A reduction is within what is open, asked by one and decided by another', held: [...sweep('billing:F5'), ...constraint('billing.waiver', 'waiver_check'), ...constraint('billing.house_discount', 'house_discount_check1'), ...waivers('is asked by one, decided by another, explained at the bill, and taken back whole', 'is not carried out over what was paid meanwhile; refused and withdrawn ones leave the bills alone')] },
  // ---- payments
  { id: 'P1', says: 'A transaction of a channel is settled once', held: constraint('payment.settlement', 'settlement_txn') },
  { id: 'P2', says: 'A notice told again and again settles once and is always told success', held: [...online('one notice twenty times at once: one settlement, twenty times success'), ...of('payment', 'alipay_online')('a thousand replays in parallel settle once, and each is told success')] },
  { id: 'P3', says: 'What does not agree with the order is kept as evidence and settles nothing', held: [...online('%s is kept as evidence and changes nothing; the true one that follows settles'), ...of('payment', 'outside/wechat_v3')('right signature, wrong content')] },
  { id: 'P4', says: 'What was captured is on bills, in prepayment, or going back', held: [...sweep('payment:P4'), ...constraint('payment.payment', 'payment_check')] },
  { id: 'P5', says: 'What a bill has been paid is the sum of its allocations less refunds', held: sweep('payment:P5') },
  { id: 'P6', says: 'An order only moves on; money after its end is captured all the same', held: [...sweep('payment:P6'), ...online('after expiry and close it is captured, and pays the bill that is still open', 'when the desk was quicker it becomes prepayment, to the fen')] },
  { id: 'P7', says: 'Unknown is unknown until the channel says more', held: [...online('a lost answer to the order is unknown, not failed; the same order is sent again'), ...of('payment', 'alipay_online')('never opened: at its end it is closed, unknown answers close nothing'), ...of('payment', 'desk_orders')('the answer is lost: unknown, asked, and never taken twice')] },
  { id: 'P8', says: 'Refunds done and under way are within the payment', held: [...constraint('payment.payment', 'payment_refund_check'), ...sweep('payment:P8'), ...refund('three ask for the whole: one gets it')] },
  { id: 'P9', says: 'A refund has one number towards the channel, for ever', held: [...constraint('payment.refund', 'refund_company_id_out_refund_no_key'), ...channelRefund('refused for want of money, then done with the same number', 'an answer lost is unknown, not failed; asked again it went back once'), ...POINTS] },
  { id: 'P10', says: 'What a channel took on a day is settled or an open difference', held: [...sweep('closing:P10'), ...recon('finds a line that got lost')] },
  { id: 'P11', says: 'A drawer holds what it began with and what came and went; closed it is frozen', held: [...sweep('payment:P11'), ...constraint('payment.shift', 'shift_check3'), ...constraint('payment.shift_entry', 'shift_entry_company_id_source_type_source_id_method_key'), ...of('payment', 'shift')('payments and the counting: every payment is in the shift that was counted, or in none')] },
  { id: 'P12', says: 'Receipts are numbered without a gap, void ones keep theirs', held: [...sweep('payment:P12', 'payment:P12R'), ...constraint('payment.receipt', 'receipt_company_id_series_no_key'), ...desk('sixteen at once have unique numbers without a gap')] },
  { id: 'P13', says: 'Invoices are within what was paid; a red one is its blue one', held: [...sweep('payment:P13'), ...constraint('payment.invoice_payment', 'invoice_payment_live'), ...constraint('payment.invoice', 'invoice_company_id_red_of_key')] },
  { id: 'P14', says: 'Where money went follows from the order or the rule, and can be told again', held: [...model, ...sweep('payment:P14'), ...of('payment', 'rules/deduct')('never more than a bill owes, a purse holds or the cap allows; bound money pays its item alone', 'a newer bill is paid by general money only when every older one is'), ...wallet('off until the community says when; then bound first, oldest first, explained, once')] },
  // ---- prepayment, deposits
  { id: 'W1', says: 'A purse is the sum of its movements and never below zero', held: [...constraint('payment.wallet', 'wallet_balance_fen_check'), ...constraint('payment.bound_wallet', 'bound_wallet_balance_fen_check'), ...sweep('payment:W1', 'payment:PR1', 'payment:PR2', 'payment:PR3', 'payment:CP1', 'payment:CP2', 'payment:W4'), ...desk('one prepayment used from two desks is never overdrawn')] },
  { id: 'W2', says: 'A run deducts from a house once', held: [...constraint('payment.payment', 'payment_deduct'), ...wallet('the schedule makes one run a day, however many workers there are; a second job over the same run pays nobody twice')] },
  { id: 'W3', says: 'A deposit is held, given back, forfeited or moved', held: [...constraint('payment.deposit', 'deposit_check', 'deposit_check1'), ...sweep('payment:W3', 'payment:L8D')] },
  { id: 'W4', says: 'Bound prepayment pays its own item', held: [...sweep('payment:W4B'), ...wallet('pays its item and nothing else, at the desk too')] },
  // ---- months, reconciliation
  { id: 'C1', says: 'A closed month takes nothing; two people open it again', held: [...constraint('ledger.reopening', 'reopening_check', 'reopening_live'), ...closing('says what is open, closes when nothing blocks, and accepts nothing afterwards', 'opens again by two people, the last one first')] },
  { id: 'C2', says: 'A month begins where the one before ended', held: sweep('ledger:C2') },
  { id: 'C3', says: 'A closed month computed again is what was closed', held: sweep('ledger:C3', 'closing:D1') },
  { id: 'C4', says: 'A file of a bank or channel taken twice changes nothing', held: [...constraint('payment.bank_line', 'bank_line_company_id_account_id_line_key_key'), ...constraint('payment.channel_bill', 'channel_bill_company_id_channel_id_kind_bill_on_key'), ...constraint('closing.bank_line', 'bank_line_company_id_account_line_key_key'), ...of('payment', 'bank')('is imported once, however often; undone while nothing stands on it')] },
  { id: 'C5', says: 'Each line of a channel or bank is matched once or a difference', held: [...sweep('closing:C5', 'payment:C5B'), ...constraint('closing.recon_pair', 'recon_pair_company_id_our_key_leg_key', 'recon_pair_pkey'), ...constraint('closing.recon_item', 'recon_item_company_id_item_key_key'), ...of('payment', 'channel_bills')('a file whose totals are wrong is not taken; the next try brings the true one, once')] },
  { id: 'C6', says: 'Money accounts hold what payments brought, day by day', held: sweep('payment:C6', 'payment:L8R') },
  // ---- maintenance fund
  { id: 'M1', says: 'House accounts together are the fund, none below zero', held: [...sweep('funds:M1', 'funds:M2', 'funds:M3', 'funds:M7'), ...constraint('funds.house_account', 'house_account_balance_fen_check')] },
  { id: 'M2', says: 'Shares of a cost and of interest sum to it', held: [...sweep('funds:M5', 'funds:M6', 'funds:M8'), ...of('funds', 'rules/rules')('sums exactly, does not depend on the order, and is within a fen of the exact part')] },
  { id: 'M3', says: 'A use has a vote or an emergency, and two people', held: [...sweep('funds:M9'), ...constraint('funds.use', 'use_check', 'use_check1'), ...uses('is posted, voted on after the days of posting, and decided by another person', 'needs a danger of the list and no vote; what the balances cannot bear is owed by the owners and paid')] },
  { id: 'M4', says: 'The account goes with the house', held: [...constraint('funds.house_account', 'house_account_pkey'), ...sweep('funds:M4'), ...funds('moves with the house on sale, and is seen by its owner only')] },
  // ---- votes, bookings, access, messages, audit
  { id: 'V1', says: 'One counted ballot an eligible right and motion', held: [...constraint('votes.counted', 'counted_once'), ...constraint('votes.ballot', 'ballot_round'), ...sweep('votes:V1'), ...votes('by phone, on paper, by proxy: each right once; sealed until the close; published and counted again')] },
  { id: 'V2', says: 'Who may vote is a snapshot; counted is within eligible', held: [...appended('votes.voter', 'votes.voter_house', 'votes.voter_person'), ...constraint('votes.counted', 'counted_eligible'), ...constraint('votes.result', 'result_within'), ...sweep('votes:V2'), ...votes('the roll: one owner one head with all houses, co-owners one, the developer one, bays not; frozen with its sources')] },
  { id: 'V3', says: 'Ballots stand after the close and can be counted again', held: [...appended('votes.ballot', 'votes.ballot_choice', 'votes.result', 'votes.listed'), ...constraint('votes.listed', 'listed_once'), ...constraint('votes.ballot', 'ballot_receipt'), ...sweep('votes:V3', 'votes:V3B'), ...votes('by phone, on paper, by proxy: each right once; sealed until the close; published and counted again')] },
  { id: 'V4', says: 'Bookings of a place stay within its capacity', held: [...constraint('bookings.booking_unit', 'booking_unit_once', 'booking_unit_company_id_resource_id_unit_no_fkey'), ...sweep('bookings:V4'), ...of('bookings', 'bookings')('the database itself refuses a unit twice at one time, and a unit that the place does not have')] },
  { id: 'V5', says: 'Events of doors are added only, each once', held: [...constraint('doors.passage', 'passage_once'), ...of('doors', 'doors')('an outage of 420 passages with doubles and disorder is taken exactly once, live ones first; replays neither open nor alarm')] },
  { id: 'V6', says: 'A reminder goes once, never when nothing is owed nor in quiet hours', held: [...constraint('reminders.reminder_bill', 'reminder_bill_pkey'), ...reminders('reminds once a bill, step and channel, however often it is planned', 'waits for the morning in quiet hours, and is silent when paid in the night')] },
  { id: 'V7', says: 'What happened reaches every listener and has its effect once', held: [...appended('kernel.event'), ...of('messages', 'messages')('the same job run again sends nothing more'), ...of('messages', 'inbox')('also when two tell it at once'), ...crash(WORKER), ...POINTS] },
  { id: 'V8', says: 'What was done is in the audit, which cannot be changed unseen', held: [...appended('kernel.audit', 'kernel.audit_seal'), ...of('identity', 'identity')('verifies, and finds a row that was changed behind its back', 'a visitor who writes is refused, and the try is in the audit')] },
  { id: 'V9', says: 'A figure is the sum of the lines that it opens', held: [...sweep('billing:S1', 'billing:S2', 'billing:S3', 'billing:S4'), ...bills('open their lines, and the Excel says what the screen says'), ...of('payment', 'papers')('each figure opens lines that add up to it', 'collection by item, building, collector and period all come to the same')] },
  { id: 'V10', says: 'No row of a company is within reach of another', held: [...rule('row-level security is on and forced'), ...test('tests/matrix.test.ts', 'every call of the contracts is answered, and the matrix is the committed one')] },
]

/** How many each chapter has: none can be left out without a word. */
export const CHAPTERS: Readonly<Record<string, number>> = { L: 10, B: 14, F: 5, P: 14, W: 4, C: 6, M: 4, V: 10 }

const races = (...names: string[]): Means[] => test('tests/proofs/races.test.ts', ...names)
/** The fourteen races of money, votes and places (money-and-reliability 2.6), with real concurrency, and which test runs each. */
export const RACES: readonly Invariant[] = [
  { id: 'R1', says: 'One notice a hundred times in parallel', held: of('payment', 'alipay_online')('a thousand replays in parallel settle once, and each is told success') },
  { id: 'R2', says: 'Notice, question and the payer coming back', held: online('notice, query job and the payer looking, all at once') },
  { id: 'R3', says: 'Two channels pay one bill', held: [...of('payment', 'alipay_online')('the same bill by two channels at once: one waits'), ...online('when the desk was quicker it becomes prepayment, to the fen')] },
  { id: 'R4', says: 'Notice against close and expiry', held: [...of('payment', 'alipay_online')('paid out of sight and asked at its end: captured, not closed'), ...online('after expiry and close it is captured, and pays the bill that is still open')] },
  { id: 'R5', says: 'Two refunds that exceed together', held: refund('three ask for the whole: one gets it') },
  { id: 'R6', says: 'A refund against the use of the same money', held: races('a refund of prepayment against a bill paid from it: the money goes one way') },
  { id: 'R7', says: 'A charge run against itself', held: bills('published twice at once bills once') },
  { id: 'R8', says: 'Run, void and payment of one bill', held: races('a bill voided, paid and charged again at once: paid or void, never both, never twice') },
  { id: 'R9', says: 'A month closed against postings', held: closing('loses no journal that races with its closing') },
  { id: 'R10', says: 'Everything reversed twice', held: races('every payment reversed by two at once, twice over: each once, and the money is where it began') },
  { id: 'R11', says: 'Automatic deduction against the desk', held: [...races('the deduction of the day against the desk, over one purse: it is spent once'), ...wallet('while a cashier takes money for the same bills, nothing is paid twice')] },
  { id: 'R12', says: 'Receipt numbers from sixteen at once', held: desk('sixteen at once have unique numbers without a gap') },
  { id: 'R13', says: 'Bookings of one place', held: of('bookings', 'bookings')('sixteen at once for one hour of a court: one has it, fifteen are told', 'fifty at once for ten seats: ten have one, each another') },
  { id: 'R14', says: 'One voter, many ballots; a ballot against the close', held: test('src/modules/votes/server/races.test.ts', 'one owner, twenty ballots at once: one counts', 'ballots against the close: what was answered was counted, what came later was refused', 'mandates at once beyond what one person may bear: the limit holds') },
  { id: 'R15', says: 'One request many times at once', held: races('one request sixteen times at once is done once and answered alike; with another amount it is refused') },
]
