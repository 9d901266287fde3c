// The modules of the admin face, one line each: import and list. Their pages load when they are opened.
import type { AdminModule } from '../../ui/module.ts'
import { analyticsAdmin } from '../../modules/analytics/admin/index.tsx'
import { billingAdmin } from '../../modules/billing/admin/index.tsx'
import { formsAdmin } from '../../modules/forms/admin/index.tsx'
import { careAdmin } from '../../modules/care/admin/index.tsx'
import { fundsAdmin } from '../../modules/funds/admin/index.tsx'
import { handoverAdmin } from '../../modules/handover/admin/index.tsx'
import { closingAdmin } from '../../modules/closing/admin/index.tsx'
import { identityAdmin } from '../../modules/identity/admin/index.tsx'
import { ledgerAdmin } from '../../modules/ledger/admin/index.tsx'
import { messagesAdmin } from '../../modules/messages/admin/index.tsx'
import { dutyAdmin } from '../../modules/duty/admin/index.tsx'
import { emergencyAdmin } from '../../modules/emergency/admin/index.tsx'
import { equipmentAdmin } from '../../modules/equipment/admin/index.tsx'
import { iotAdmin } from '../../modules/iot/admin/index.tsx'
import { metersAdmin } from '../../modules/meters/admin/index.tsx'
import { ordersAdmin } from '../../modules/orders/admin/index.tsx'
import { doorsAdmin } from '../../modules/doors/admin/index.tsx'
import { firefileAdmin } from '../../modules/firefile/admin/index.tsx'
import { siteplanAdmin } from '../../modules/siteplan/admin/index.tsx'
import { votesAdmin } from '../../modules/votes/admin/index.tsx'
import { videoAdmin } from '../../modules/video/admin/index.tsx'
import { musterAdmin } from '../../modules/muster/admin/index.tsx'
import { attendanceAdmin } from '../../modules/attendance/admin/index.tsx'
import { staffAdmin } from '../../modules/staff/admin/index.tsx'
import { contractsAdmin } from '../../modules/contracts/admin/index.tsx'
import { suppliersAdmin } from '../../modules/suppliers/admin/index.tsx'
import { officeAdmin } from '../../modules/office/admin/index.tsx'
import { supervisionAdmin } from '../../modules/supervision/admin/index.tsx'
import { bookingsAdmin } from '../../modules/bookings/admin/index.tsx'
import { communityAdmin } from '../../modules/community/admin/index.tsx'
import { accessAdmin } from '../../modules/access/admin/index.tsx'
import { openAdmin } from '../../modules/open/admin/index.tsx'
import { parkingAdmin } from '../../modules/parking/admin/index.tsx'
import { paymentAdmin } from '../../modules/payment/admin/index.tsx'
import { peopleAdmin } from '../../modules/people/admin/index.tsx'
import { propertyAdmin } from '../../modules/property/admin/index.tsx'
import { remindersAdmin } from '../../modules/reminders/admin/index.tsx'
import { tariffAdmin } from '../../modules/tariff/admin/index.tsx'
import { roundsAdmin } from '../../modules/rounds/admin/index.tsx'
import { safetyAdmin } from '../../modules/safety/admin/index.tsx'
import { spendingAdmin } from '../../modules/spending/admin/index.tsx'
import { systemAdmin } from '../../modules/system/admin/index.tsx'
// A module that lands adds its import here …

export const modules: readonly AdminModule[] = [
  // … and its name here. The order inside a heading of the menu is the order of this list.
  analyticsAdmin,
  propertyAdmin,
  peopleAdmin,
  contractsAdmin,
  suppliersAdmin,
  paymentAdmin,
  billingAdmin,
  handoverAdmin,
  fundsAdmin,
  closingAdmin,
  spendingAdmin,
  ledgerAdmin,
  remindersAdmin,
  tariffAdmin,
  metersAdmin,
  ordersAdmin,
  careAdmin,
  roundsAdmin,
  dutyAdmin,
  emergencyAdmin,
  parkingAdmin,
  accessAdmin,
  doorsAdmin,
  musterAdmin,
  equipmentAdmin,
  siteplanAdmin,
  safetyAdmin,
  firefileAdmin,
  bookingsAdmin,
  communityAdmin,
  staffAdmin,
  attendanceAdmin,
  officeAdmin,
  videoAdmin,
  votesAdmin,
  supervisionAdmin,
  iotAdmin,
  identityAdmin,
  systemAdmin,
  openAdmin,
  formsAdmin,
  messagesAdmin,
]
