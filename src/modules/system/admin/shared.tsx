// 等待审批, opening the very item that waits; plain words for whoever may not see it.
import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { system } from '../contract.ts'

export function ApprovalLink({ subject_type, subject_id, children }: { subject_type: string; subject_id: string; children: string }) {
  const found = useRead(system.approvals, { box: 'all', subject_type, subject_id, page_size: 1 }, { stale_ms: 60_000 }).data?.rows[0]
  return found ? <Go to={`/system/approvals/${found.approval_id}`}>{children}</Go> : <>{children}</>
}
