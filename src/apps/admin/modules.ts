// The modules of the admin face, one line each: import and list. Their pages load when they are opened.
import type { AdminModule } from '../../ui/module.ts'
import { analyticsAdmin } from '../../modules/analytics/admin/index.tsx'
import { billingAdmin } from '../../modules/billing/admin/index.tsx'
import { identityAdmin } from '../../modules/identity/admin/index.tsx'
import { peopleAdmin } from '../../modules/people/admin/index.tsx'
import { propertyAdmin } from '../../modules/property/admin/index.tsx'
// property, people, billing, payment, ledger, meters, system, analytics: each adds its import here as it lands …

export const modules: readonly AdminModule[] = [
  // … and its name here. The order inside a heading of the menu is the order of this list.
  analyticsAdmin,
  propertyAdmin,
  peopleAdmin,
  billingAdmin,
  identityAdmin,
]
