// Who is there? Nobody: the sign-in page at the address that was asked for. Somebody: the pages.
import { QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { identity, type Me } from '../../modules/identity/contract.ts'
import { ChooseCompany, myCompanies } from '../../modules/identity/resident/CompaniesPage.tsx'
import { SignInPage } from '../../modules/identity/resident/SignInPage.tsx'
import { keyOf, listen, queries, useRead } from '../../ui/api.ts'
import { Page } from '../../ui/phone/Page.tsx'
import { Routes, usePath } from '../../ui/phone/router.tsx'
import { Bones, ErrorState, PageBoundary, StateBlock } from '../../ui/phone/states.tsx'
import { MeContext } from './me.ts'
import { routes } from './routes.tsx'

export function ResidentApp() {
  return (
    <QueryClientProvider client={queries}>
      <PageBoundary><Door /></PageBoundary>
    </QueryClientProvider>
  )
}

const LinkPage = lazy(() => import('../../modules/payment/resident/LinkPage.tsx').then((m) => ({ default: m.LinkPage })))

const FirstPasswordPage = lazy(() => import('../../modules/identity/resident/MyPasswordPage.tsx').then((m) => ({ default: m.FirstPasswordPage })))

const ParkPage = lazy(() => import('../../modules/parking/resident/ParkPage.tsx').then((m) => ({ default: m.ParkPage })))
const PassPage = lazy(() => import('../../modules/access/resident/PassPage.tsx').then((m) => ({ default: m.PassPage })))
const LanePage = lazy(() => import('../../modules/parking/resident/LanePage.tsx').then((m) => ({ default: m.LanePage })))
const TicketPage = lazy(() => import('../../modules/parking/resident/TicketPage.tsx').then((m) => ({ default: m.TicketPage })))
const ShopPage = lazy(() => import('../../modules/parking/resident/ShopPage.tsx').then((m) => ({ default: m.ShopPage })))

/** What asks nobody who he is: paying for somebody else, paying for a car by the sign in the car park, a lane's code and a ticket, a shop's coupons, a visitor's pass. */
function Door() {
  const [, kind, token] = /^\/(link|park|shop|visit|lane|ticket)\/([\w.-]{8,90})$/.exec(usePath()) ?? []
  if (!kind || !token) return <Gate />
  return <Suspense fallback={<main className="ph-main"><Bones rows={4} /></main>}>{kind === 'link' ? <LinkPage token={token} /> : kind === 'park' ? <ParkPage at={token} /> : kind === 'shop' ? <ShopPage token={token} /> : kind === 'lane' ? <LanePage token={token} /> : kind === 'ticket' ? <TicketPage ticket={token} /> : <PassPage token={token} />}</Suspense>
}

function Gate() {
  const me = useRead(identity.me, {}, { stale_ms: 60_000 })
  const [fresh, setFresh] = useState(false)
  const [by_desk, setByDesk] = useState(false)
  const [ended, setEnded] = useState(false)
  useEffect(() => listen({ expired: () => setEnded(true) }), [])
  const begin = (desk: boolean): void => {
    setByDesk(desk)
    // The answers of whoever was here before go first.
    queries.removeQueries({ predicate: (q) => q.queryKey[0] !== identity.me.name })
    void queries.resetQueries({ queryKey: keyOf(identity.me) })
    setFresh(true)
    setEnded(false)
  }
  if (ended || me.error?.code === 'kernel.not_signed_in') return <SignInPage signedIn={begin} />
  if (me.data) return <Known me={me.data} fresh={fresh} by_desk={by_desk} settle={() => { setFresh(false); setByDesk(false) }} />
  if (me.error) return <main className="ph-main"><ErrorState error={me.error} retry={me.retry} /></main>
  return <main className="ph-main"><Bones rows={4} /></main>
}

function Known({ me, fresh, by_desk, settle }: { me: Me; fresh: boolean; by_desk: boolean; settle: () => void }) {
  if (by_desk) return <Suspense fallback={<main className="ph-main"><Bones rows={4} /></main>}><FirstPasswordPage done={settle} /></Suspense>
  if (fresh && myCompanies(me).length > 1)
    return (
      <Page title="选择物业公司">
        <p className="ph-weak">您的手机号在多家物业公司登记,请选择要查看的一家,之后可在「我的」中切换。</p>
        <ChooseCompany me={me} chosen={settle} />
      </Page>
    )
  return (
    <MeContext value={me}>
      <Routes
        routes={routes}
        loading={<Page title="正在打开"><Bones rows={4} /></Page>}
        missing={<Page title="没有这个页面" back="/"><StateBlock icon="warn" title="没有这个页面" text="地址可能已经变更,请返回首页" /></Page>}
      />
    </MeContext>
  )
}
