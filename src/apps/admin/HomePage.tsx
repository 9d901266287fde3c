// The first page: the work bench of a property company, the overview of an authority (主管部门).
import { lazy } from 'react'
import { useMe } from './me.ts'
import WorkbenchPage from './WorkbenchPage.tsx'

const Overview = lazy(() => import('../../modules/supervision/admin/OverviewPage.tsx'))
export default function HomePage() {
  return useMe().company_kind === 'authority' ? <Overview /> : <WorkbenchPage />
}
