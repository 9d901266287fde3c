// The front door of orders: answers, and what the clock does.
import { sql } from 'kysely'
import type { App, Module } from '../../../kernel/app.ts'
import { approvalKind } from '../../system/server/index.ts'
import { orders } from '../contract.ts'
import { words } from '../words.ts'
import { actionAnswers } from './actions.ts'
import { lookUpCaller } from './caller.ts'
import { createOrder, deviceOrders, report, reportDevice } from './create.ts'
import { reportPlaceAnswers } from './report_place.ts'
import { myOrder, order, shift } from './detail.ts'
import { claimPapers } from './claim_paper.ts'
import { claimAnswers, deductApproval, tellLateClaims } from './claims.ts'
import { closeOld, escalate } from './escalate.ts'
import { costAnswers } from './costs.ts'
import { equipmentLifeAnswers } from './equipment_life.ts'
import { equipmentStatsAnswers } from './equipment_stats.ts'
import { board, myOrders, myWork, orderList } from './list.ts'
import { clipAnswers } from './clips.ts'
import { kit } from './kit.ts'
import { byRule } from './dispatch.ts'
import { paperAnswers } from './paper.ts'
import { photo } from './photos.ts'
import { paperQuoteAnswers } from './quote_paper.ts'
import { quoteAnswers, quoteVoidApproval } from './quotes.ts'
import { itemAnswers } from './service_items.ts'
import { setupAnswers } from './setup.ts'
import { statsAnswers } from './stats.ts'
import { tellAnswers } from './told.ts'
import { visitAnswers } from './visits.ts'
import { countApproval, stockAnswers } from './stock.ts'
import { warrantySetupAnswers } from './warranty_setup.ts'
import { workerAnswers } from './workers.ts'

export { orderToRead } from './access.ts'
export { writeShipped as writeOrderCategories } from './config.ts'
export { workingHours } from './config.ts'
export { openFor, openFound } from './create.ts'
export { facts as orderFacts } from './facts.ts'
export { dueAt, works, type Hours, type Limit } from './rules/limits.ts'
export { serviceForm } from './quote_paper.ts'
export const ordersApprovals = [approvalKind(quoteVoidApproval), approvalKind(deductApproval), approvalKind(countApproval)]
export { orderTemplates } from './templates.ts'
export { staffAt } from '../../identity/server/index.ts'

export const ordersModule = (app: () => App): Module => ({
  name: 'orders',
  contract: orders,
  words,
  answers: [...setupAnswers, ...workerAnswers, orderList, board, order, kit, photo(app), ...clipAnswers(app), lookUpCaller, createOrder, deviceOrders, reportDevice, ...reportPlaceAnswers, ...visitAnswers, ...tellAnswers, ...statsAnswers, ...equipmentStatsAnswers, ...equipmentLifeAnswers, ...paperAnswers, ...stockAnswers, ...costAnswers, ...warrantySetupAnswers, ...claimAnswers, ...claimPapers(app), ...itemAnswers, ...quoteAnswers, ...paperQuoteAnswers(app), ...actionAnswers, myWork, shift, report, myOrders, myOrder],
  listeners: [
    byRule,
    // Two entries of the register that were one person: his reports follow him; name and phone stay as they were given.
    { name: 'orders.merged', event: 'people.merged', run: async (scope, p) => void (await sql`update orders.work_order set person_id = ${String(p['keep_id'])} where company_id = ${scope.company_id} and person_id = ${String(p['drop_id'])}`.execute(scope.db)) },
  ],
  schedules: [
    { name: 'orders.escalate', every_s: 60, of: 'company', run: async (w) => void (await w.tx(escalate)) },
    { name: 'orders.claims_late', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(tellLateClaims)) },
    { name: 'orders.close_old', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(closeOld)) },
  ],
})
