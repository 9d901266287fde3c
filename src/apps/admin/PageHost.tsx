import { useLocation } from '@tanstack/react-router'
import { Suspense, useEffect, type ReactNode } from 'react'
import { Refused } from '../../ui/api.ts'
import { Boundary } from '../../ui/Boundary.tsx'
import type { RouteEntry } from '../../ui/module.ts'
import { mayOpen, useSession } from '../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../ui/states.tsx'

const DENIED = new Refused(403, { error: 'kernel.forbidden', message: '您的岗位没有打开此页面的权限,请联系管理员开通' })

export function PageHost({ entry, children }: { entry: RouteEntry; children: ReactNode }) {
  const at = useLocation({ select: (l) => l.pathname })
  const session = useSession()
  useEffect(() => {
    document.title = `${entry.title} - 和院`
  }, [entry])
  if (!mayOpen(session, entry)) return <ErrorBlock error={DENIED} />
  return (
    <Boundary key={at}>
      <Suspense fallback={<LoadingBlock rows={8} />}>{children}</Suspense>
    </Boundary>
  )
}
