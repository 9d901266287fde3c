// What a module hands to the admin face. See README.md.
import type { ComponentType } from 'react'

export interface MenuEntry {
  /** Heading in the left navigation, e.g. '收费管理'. Entries of several modules may share one; the order of headings is in apps/admin/menu.ts. */
  group: string
  label: string
  /** The address without the face: '/identity/members'. Must be one of the routes. */
  path: string
  /** The function permission without which the entry is left out. */
  needs?: string
  /** Of companies of this kind only: a page of an authority (主管部门) is none of a property company's, whatever its administrator may. */
  of?: 'property' | 'authority'
  /** Place under a heading that several modules share; 50 when left out, equal ones in the order of the modules. */
  place?: number
  /** Of the company as a whole: left out where the permission is held over a community or building only. */
  whole?: boolean
  /** Shown as 'pinned' in the top bar too. */
  pinned?: boolean
}
export interface RouteEntry {
  /** '/identity/members', with parameters '/property/houses/$house_id'. */
  path: string
  title: string
  needs?: string
  /** As of a menu entry. */
  whole?: boolean
  of?: 'property' | 'authority'
  page: () => Promise<{ default: ComponentType }>
  /** How to work with this page, one sentence each: shown in the help drawer. */
  help?: readonly string[]
}
/** A piece that a module puts onto a page of a module below it, where that page asks for it with `<Parts at=… id=…>`. */
export interface PartEntry {
  at: 'iot.alarm' | 'funds.use' | 'parking.lane'
  needs?: string
  part: () => Promise<{ default: ComponentType<{ id: string }> }>
}
export interface AdminModule {
  parts?: readonly PartEntry[]
  menu: readonly MenuEntry[]
  routes: readonly RouteEntry[]
}
