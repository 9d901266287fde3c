// Every contract with its words, by name, in rank order: for OpenAPI, the access matrix and the clients of tests. No server code.
import type { Call, Words } from '../kernel/contract.ts'
import { analytics } from '../modules/analytics/contract.ts'
import { words as analyticsWords } from '../modules/analytics/words.ts'
import { billing } from '../modules/billing/contract.ts'
import { words as billingWords } from '../modules/billing/words.ts'
import { handover } from '../modules/handover/contract.ts'
import { words as handoverWords } from '../modules/handover/words.ts'
import { forms } from '../modules/forms/contract.ts'
import { words as formsWords } from '../modules/forms/words.ts'
import { funds } from '../modules/funds/contract.ts'
import { words as fundsWords } from '../modules/funds/words.ts'
import { care } from '../modules/care/contract.ts'
import { words as careWords } from '../modules/care/words.ts'
import { closing } from '../modules/closing/contract.ts'
import { words as closingWords } from '../modules/closing/words.ts'
import { identity } from '../modules/identity/contract.ts'
import { words as identityWords } from '../modules/identity/words.ts'
import { open } from '../modules/open/contract.ts'
import { words as openWords } from '../modules/open/words.ts'
import { ledger } from '../modules/ledger/contract.ts'
import { words as ledgerWords } from '../modules/ledger/words.ts'
import { messages } from '../modules/messages/contract.ts'
import { words as messagesWords } from '../modules/messages/words.ts'
import { duty } from '../modules/duty/contract.ts'
import { words as dutyWords } from '../modules/duty/words.ts'
import { emergency } from '../modules/emergency/contract.ts'
import { words as emergencyWords } from '../modules/emergency/words.ts'
import { equipment } from '../modules/equipment/contract.ts'
import { words as equipmentWords } from '../modules/equipment/words.ts'
import { iot } from '../modules/iot/contract.ts'
import { words as iotWords } from '../modules/iot/words.ts'
import { meters } from '../modules/meters/contract.ts'
import { words as metersWords } from '../modules/meters/words.ts'
import { orders } from '../modules/orders/contract.ts'
import { words as ordersWords } from '../modules/orders/words.ts'
import { access } from '../modules/access/contract.ts'
import { words as accessWords } from '../modules/access/words.ts'
import { doors } from '../modules/doors/contract.ts'
import { words as doorsWords } from '../modules/doors/words.ts'
import { muster } from '../modules/muster/contract.ts'
import { words as musterWords } from '../modules/muster/words.ts'
import { parking } from '../modules/parking/contract.ts'
import { words as parkingWords } from '../modules/parking/words.ts'
import { attendance } from '../modules/attendance/contract.ts'
import { words as attendanceWords } from '../modules/attendance/words.ts'
import { staff } from '../modules/staff/contract.ts'
import { words as staffWords } from '../modules/staff/words.ts'
import { contracts as contractsOf } from '../modules/contracts/contract.ts'
import { words as contractsWords } from '../modules/contracts/words.ts'
import { suppliers } from '../modules/suppliers/contract.ts'
import { words as suppliersWords } from '../modules/suppliers/words.ts'
import { office } from '../modules/office/contract.ts'
import { words as officeWords } from '../modules/office/words.ts'
import { supervision } from '../modules/supervision/contract.ts'
import { words as supervisionWords } from '../modules/supervision/words.ts'
import { bookings } from '../modules/bookings/contract.ts'
import { words as bookingsWords } from '../modules/bookings/words.ts'
import { community } from '../modules/community/contract.ts'
import { words as communityWords } from '../modules/community/words.ts'
import { firefile } from '../modules/firefile/contract.ts'
import { words as firefileWords } from '../modules/firefile/words.ts'
import { siteplan } from '../modules/siteplan/contract.ts'
import { words as siteplanWords } from '../modules/siteplan/words.ts'
import { votes } from '../modules/votes/contract.ts'
import { words as votesWords } from '../modules/votes/words.ts'
import { video } from '../modules/video/contract.ts'
import { words as videoWords } from '../modules/video/words.ts'
import { payment } from '../modules/payment/contract.ts'
import { words as paymentWords } from '../modules/payment/words.ts'
import { people } from '../modules/people/contract.ts'
import { words as peopleWords } from '../modules/people/words.ts'
import { property } from '../modules/property/contract.ts'
import { words as propertyWords } from '../modules/property/words.ts'
import { reminders } from '../modules/reminders/contract.ts'
import { words as remindersWords } from '../modules/reminders/words.ts'
import { rounds } from '../modules/rounds/contract.ts'
import { words as roundsWords } from '../modules/rounds/words.ts'
import { safety } from '../modules/safety/contract.ts'
import { words as safetyWords } from '../modules/safety/words.ts'
import { spending } from '../modules/spending/contract.ts'
import { words as spendingWords } from '../modules/spending/words.ts'
import { system } from '../modules/system/contract.ts'
import { words as systemWords } from '../modules/system/words.ts'
import { tariff } from '../modules/tariff/contract.ts'
import { words as tariffWords } from '../modules/tariff/words.ts'

export const contracts: { name: string; contract: Record<string, Call>; words: Words | null }[] = [
  { name: 'identity', contract: identity, words: identityWords },
  { name: 'system', contract: system, words: systemWords },
  { name: 'forms', contract: forms, words: formsWords },
  { name: 'messages', contract: messages, words: messagesWords },
  { name: 'property', contract: property, words: propertyWords },
  { name: 'people', contract: people, words: peopleWords },
  { name: 'contracts', contract: contractsOf, words: contractsWords },
  { name: 'suppliers', contract: suppliers, words: suppliersWords },
  { name: 'equipment', contract: equipment, words: equipmentWords },
  { name: 'meters', contract: meters, words: metersWords },
  { name: 'tariff', contract: tariff, words: tariffWords },
  { name: 'ledger', contract: ledger, words: ledgerWords },
  { name: 'billing', contract: billing, words: billingWords },
  { name: 'payment', contract: payment, words: paymentWords },
  { name: 'handover', contract: handover, words: handoverWords },
  { name: 'spending', contract: spending, words: spendingWords },
  { name: 'funds', contract: funds, words: fundsWords },
  { name: 'closing', contract: closing, words: closingWords },
  { name: 'reminders', contract: reminders, words: remindersWords },
  { name: 'orders', contract: orders, words: ordersWords },
  { name: 'care', contract: care, words: careWords },
  { name: 'rounds', contract: rounds, words: roundsWords },
  { name: 'safety', contract: safety, words: safetyWords },
  { name: 'duty', contract: duty, words: dutyWords },
  { name: 'emergency', contract: emergency, words: emergencyWords },
  { name: 'access', contract: access, words: accessWords },
  { name: 'parking', contract: parking, words: parkingWords },
  { name: 'doors', contract: doors, words: doorsWords },
  { name: 'video', contract: video, words: videoWords },
  { name: 'muster', contract: muster, words: musterWords },
  { name: 'siteplan', contract: siteplan, words: siteplanWords },
  { name: 'firefile', contract: firefile, words: firefileWords },
  { name: 'votes', contract: votes, words: votesWords },
  { name: 'office', contract: office, words: officeWords },
  { name: 'supervision', contract: supervision, words: supervisionWords },
  { name: 'bookings', contract: bookings, words: bookingsWords },
  { name: 'community', contract: community, words: communityWords },
  { name: 'staff', contract: staff, words: staffWords },
  { name: 'attendance', contract: attendance, words: attendanceWords },
  { name: 'iot', contract: iot, words: iotWords },
  { name: 'open', contract: open, words: openWords },
  { name: 'analytics', contract: analytics, words: analyticsWords },
]
