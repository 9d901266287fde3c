// The modules of the product, by name, in rank order. Server, worker, command line and tests compose the same list.
import { resolve } from 'node:path'
import { compose, type App, type Module } from '../kernel/app.ts'
import { kernelWords } from '../kernel/contract.ts'
import { openDatabase } from '../kernel/db.ts'
import { loadKey } from '../kernel/seal.ts'
import { analyticsModule } from '../modules/analytics/server/index.ts'
import { billingApprovals, billingForms, billingModule } from '../modules/billing/server/index.ts'
import { careModule, careTemplates } from '../modules/care/server/index.ts'
import { closingModule } from '../modules/closing/server/index.ts'
import { depositsImport, disclosureForm, fundsApprovals, fundsModule, fundTemplates } from '../modules/funds/server/index.ts'
import { formApprovals, formSettings, formsModule } from '../modules/forms/server/index.ts'
import { handoverForm, handoverModule } from '../modules/handover/server/index.ts'
import { identityModule, whoIs } from '../modules/identity/server/index.ts'
import { ledgerModule } from '../modules/ledger/server/index.ts'
import { messagesModule } from '../modules/messages/server/index.ts'
import { dutyModule, dutyTemplates } from '../modules/duty/server/index.ts'
import { emergencyModule, emergencyTemplates } from '../modules/emergency/server/index.ts'
import { equipmentModule, equipmentTemplates } from '../modules/equipment/server/index.ts'
import { devicesImport } from '../modules/equipment/server/import_devices.ts'
import { metersModule } from '../modules/meters/server/index.ts'
import { orderTemplates, ordersApprovals, ordersModule, serviceForm } from '../modules/orders/server/index.ts'
import { iotModule, iotTemplates } from '../modules/iot/server/index.ts'
import { isKey, keyHolder, openModule } from '../modules/open/server/index.ts'
import { roundTemplates, roundsModule } from '../modules/rounds/server/index.ts'
import { paidMoves, paidOn, paymentApprovals, paymentForms, paymentModule, paymentSettings, paymentTemplates } from '../modules/payment/server/index.ts'
import { accessModule } from '../modules/access/server/index.ts'
import { doorsModule } from '../modules/doors/server/index.ts'
import { musterModule } from '../modules/muster/server/index.ts'
import { parkingModule, parkingTemplates } from '../modules/parking/server/index.ts'
import { safetyModule, safetyTemplates } from '../modules/safety/server/index.ts'
import { firefileModule } from '../modules/firefile/server/index.ts'
import { attendanceApprovals, attendanceModule, attendanceTemplates } from '../modules/attendance/server/index.ts'
import { staffApprovals, staffModule, staffTemplates } from '../modules/staff/server/index.ts'
import { employeesImport } from '../modules/staff/server/import_employees.ts'
import { bookingTemplates, bookingsModule } from '../modules/bookings/server/index.ts'
import { communityApprovals, communityModule, communitySettings, noticeTemplates } from '../modules/community/server/index.ts'
import { officeApprovals, officeModule, officeTemplates } from '../modules/office/server/index.ts'
import { siteplanModule } from '../modules/siteplan/server/index.ts'
import { voteTemplates, votesModule } from '../modules/votes/server/index.ts'
import { videoModule } from '../modules/video/server/index.ts'
import { tariffModule } from '../modules/tariff/server/index.ts'
import { ownerNames, peopleModule } from '../modules/people/server/index.ts'
import { propertyModule } from '../modules/property/server/index.ts'
import { reminderForms, reminderTemplates, remindersModule } from '../modules/reminders/server/index.ts'
import { spendingApprovals, spendingModule } from '../modules/spending/server/index.ts'
import { systemModule, type ApprovalKind } from '../modules/system/server/index.ts'
import { permitsImport } from '../modules/parking/server/import_permits.ts'
import { areasImport, communityNames } from '../modules/property/server/import_areas.ts'
import { housesImport } from '../modules/people/server/import_houses.ts'
import { readingsImport } from '../modules/meters/server/import_readings.ts'
import { bankImport } from '../modules/payment/server/import_bank.ts'
import { contractApprovals, contractTemplates, contractsModule, signaturesImport } from '../modules/contracts/server/index.ts'
import { supplierTemplates, suppliersImport, suppliersModule } from '../modules/suppliers/server/index.ts'
import { placesImport, supervisionModule, supervisionTemplates } from '../modules/supervision/server/index.ts'
import { housesInUse } from './houses_in_use.ts'

export function makeApp(o: { url: string; data_dir: string; mode: App['mode']; name: string; max?: number; flush_later?: boolean; approvals?: readonly ApprovalKind[] }): App {
  const data_dir = resolve(o.data_dir)
  loadKey(data_dir)
  const d = openDatabase(o.url, { application_name: `heyuan-${o.name}`, ...(o.max ? { max: o.max } : {}), ...(o.flush_later ? { flush_later: true } : {}) })
  // Modules ask for the app when they are called, long after it is composed.
  const theApp = (): App => app
  const imports = [housesImport(housesInUse), readingsImport, areasImport, depositsImport, bankImport, devicesImport, permitsImport, employeesImport, signaturesImport, suppliersImport, placesImport]
  // What is decided by a second person; tests add kinds of their own.
  const approvals = [...formApprovals, ...billingApprovals, ...paymentApprovals, ...fundsApprovals, ...spendingApprovals, ...ordersApprovals, ...staffApprovals, ...attendanceApprovals, ...communityApprovals, ...contractApprovals, ...officeApprovals, ...(o.approvals ?? [])]
  // One a line: modules land side by side.
  const modules: Module[] = [
    identityModule(theApp, { data_dir }),
    systemModule(theApp, imports, communityNames, { approvals, settings: [...paymentSettings, ...formSettings, ...communitySettings] }),
    messagesModule(theApp, [...reminderTemplates, ...fundTemplates, ...orderTemplates, ...roundTemplates, ...dutyTemplates, ...emergencyTemplates, ...equipmentTemplates, ...careTemplates, ...safetyTemplates, ...parkingTemplates, ...paymentTemplates, ...iotTemplates, ...voteTemplates, ...bookingTemplates, ...noticeTemplates, ...staffTemplates, ...attendanceTemplates, ...contractTemplates, ...supplierTemplates, ...officeTemplates, ...supervisionTemplates]),
    formsModule(theApp, [...paymentForms, ...reminderForms, serviceForm(theApp), ...billingForms(paidOn), handoverForm, disclosureForm], communityNames),
    propertyModule({ ownerNames }),
    peopleModule(),
    contractsModule(theApp),
    suppliersModule(theApp),
    staffModule(theApp),
    attendanceModule(theApp),
    equipmentModule(theApp),
    metersModule(theApp),
    tariffModule(),
    ledgerModule(),
    billingModule(theApp, { paidOn, paidMoves }),
    paymentModule(theApp),
    handoverModule(theApp),
    fundsModule(theApp),
    remindersModule(theApp),
    spendingModule(),
    closingModule(theApp),
    ordersModule(theApp),
    careModule(theApp),
    roundsModule(theApp),
    dutyModule(theApp),
    emergencyModule(theApp),
    iotModule(theApp),
    accessModule(theApp),
    parkingModule(theApp),
    doorsModule(theApp),
    videoModule(theApp),
    musterModule(),
    safetyModule(theApp),
    siteplanModule(theApp),
    firefileModule(theApp),
    bookingsModule(theApp),
    communityModule(theApp),
    votesModule(theApp),
    officeModule(theApp),
    supervisionModule(theApp),
    openModule(theApp),
    analyticsModule(),
  ]
  const app: App = compose({ d, data_dir, mode: o.mode, modules, whoIs: (token, from) => (isKey(token) ? keyHolder({ d }, token, from) : whoIs({ d }, token, from)) }, kernelWords)
  return app
}

/** What every process reads from its environment. */
export function appFromEnv(name: string, max?: number, o: { flush_later?: boolean } = {}): App {
  const url = process.env['HEYUAN_DATABASE_URL'] ?? process.env['DATABASE_URL']
  if (!url) {
    console.error('没有数据库地址:请用 npm start 启动,或设置 DATABASE_URL=postgres://用户:口令@主机:5432/heyuan')
    process.exit(2)
  }
  const mode = process.env['HEYUAN_MODE'] === 'sample' ? 'sample' : process.env['HEYUAN_MODE'] === 'test' ? 'test' : 'empty'
  return makeApp({ url, data_dir: process.env['HEYUAN_DATA'] ?? '.heyuan', mode, name, ...(max ? { max } : {}), ...o })
}
