// Who is there? Without network: whoever was here last on this phone, with the work that needs no network.
import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { identity, type Me } from '../../modules/identity/contract.ts'
import { PasswordPage } from '../../modules/identity/staff/PasswordPage.tsx'
import { SignInPage } from '../../modules/identity/staff/SignInPage.tsx'
import { keyOf, listen, queries, useRead } from '../../ui/api.ts'
import { PhoneMeContext, ownerOf, type PhoneMe } from '../../ui/phone/me.ts'
import { startSender, useOutbox } from '../../ui/phone/outbox_sender.ts'
import { Page } from '../../ui/phone/Page.tsx'
import { Routes } from '../../ui/phone/router.tsx'
import { Bones, ErrorState, PageBoundary, StateBlock } from '../../ui/phone/states.tsx'
import { MeFull, lastMe, type KnownMe } from './me.ts'
import { outboxKinds } from './outbox.ts'
import { routes } from './routes.tsx'

export function StaffApp() {
  return (
    <QueryClientProvider client={queries}>
      <PageBoundary><Gate /></PageBoundary>
    </QueryClientProvider>
  )
}

function Gate() {
  const me = useRead(identity.me, {}, { stale_ms: 60_000 })
  const [ended, setEnded] = useState(false)
  const { entries } = useOutbox()
  useEffect(() => listen({ expired: () => setEnded(true) }), [])
  useEffect(() => {
    if (me.data) lastMe.set(me.data)
  }, [me.data])
  const begin = (): void => {
    queries.removeQueries({ predicate: (q) => q.queryKey[0] !== identity.me.name })
    void queries.resetQueries({ queryKey: keyOf(identity.me) })
    setEnded(false)
  }
  if (ended || me.error?.code === 'kernel.not_signed_in') return <SignInPage signedIn={begin} waiting_count={entries.filter((e) => e.state === 'waiting').length} />
  const before = me.error?.status === 0 ? lastMe.get() : undefined
  const known = me.data ?? before
  if (known) return <Known key={ownerOf(known)} me={known} full={me.data} again={begin} />
  if (me.error) return <main className="ph-main"><ErrorState error={me.error} retry={me.retry} /></main>
  return <main className="ph-main"><Bones rows={4} /></main>
}

function Known({ me, full, again }: { me: KnownMe; full: Me | undefined; again: () => void }) {
  const phone_me = useMemo((): PhoneMe => ({ account_id: me.account_id, company_id: me.company_id, name: me.name, permissions: me.permissions }), [me])
  useEffect(() => startSender(phone_me, outboxKinds), [phone_me])
  if (full?.must_change) return <PasswordPage must changed={again} />
  return (
    <PhoneMeContext value={phone_me}>
      <MeFull value={me}>
        <Routes
          routes={routes}
          loading={<Page title="正在打开"><Bones rows={4} /></Page>}
          missing={<Page title="没有这个页面" back="/"><StateBlock icon="warn" title="没有这个页面" text="地址可能已经变更,请返回首页" /></Page>}
        />
      </MeFull>
    </PhoneMeContext>
  )
}
