// The modules by rank: calls, imports and joins go to smaller numbers only; events go the other way.
export const rank = {
  identity: 1, system: 2, forms: 2.5, messages: 3, property: 4, people: 5, contracts: 6, staff: 7, attendance: 7.2, suppliers: 8, equipment: 9, meters: 10, tariff: 10.5, ledger: 11,
  billing: 12, payment: 13, handover: 13.2, spending: 13.3, reminders: 13.5, closing: 13.6, funds: 14, orders: 15, care: 16, rounds: 17, duty: 17.2, emergency: 17.4, iot: 18, access: 19, parking: 20, doors: 20.2, muster: 20.5, video: 20.6, safety: 21, siteplan: 21.4, firefile: 21.6, bookings: 21.8, community: 22, votes: 23,
  office: 24, supervision: 25, open: 25.5, analytics: 26,
} as const satisfies Record<string, number>
export type ModuleName = keyof typeof rank
