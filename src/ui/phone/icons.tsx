// Line icons, drawn for these faces; decoration only, the words beside them speak.
const paths = {
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  home: 'M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z',
  bill: 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6',
  me: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  pay: 'M3 7h18v12H3zM3 11h18M7 15h4',
  history: 'M12 7v5l3 2M4 12a8 8 0 1 0 2.5-5.8M4 4v4h4',
  house: 'M5 21V5l7-2v18M12 9h7v12M3 21h18M8 8v0M8 12v0M8 16v0M15.5 13v0M15.5 17v0',
  phone: 'M6 3h3l2 5-2.5 1.5a12 12 0 0 0 6 6L16 13l5 2v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z',
  meter: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 12l4-4M7 15h10',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
  shield: 'M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM9 12l2 2 4-4',
  device: 'M7 3h10v18H7zM11 18h2',
  type: 'M4 19l5-13 5 13M5.5 15h7M15 19l3-8 3 8M16 16.5h4',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14a6.5 6.5 0 0 1 3.5 6',
  car: 'M4 16v-4l2-6h12l2 6v4zM4 16v3h3v-3M17 16v3h3v-3M4 12h16M7.5 14v0M16.5 14v0',
  out: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v0',
  ok: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12l3 3 5-6',
  warn: 'M12 4l9 16H3zM12 10v5M12 17.5v0',
  offline: 'M3 4l18 16M5 10a11 11 0 0 1 3-2M11 6.5a11 11 0 0 1 8 3.5M8 14a6 6 0 0 1 4-1.800M12 18v0',
  empty: 'M4 13l3-8h10l3 8v6H4zM4 13h5l1 2h4l1-2h5',
  todo: 'M5 4h14v16H5zM8 9l1.5 1.5L12 8M8 15l1.5 1.5L12 14M14 10h2M14 16h2',
  mail: 'M3 6h18v12H3zM3 7l9 6 9-6',
  refresh: 'M20 12a8 8 0 1 1-2.5-5.800M20 4v4h-4',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 16a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z',
  tool: 'M14 6a4 4 0 0 1 5 5l-2-1-2-2zM14 6l1 2-9 9a2 2 0 1 0 2 2l9-9',
  key: 'M8 16a4 4 0 1 1 3.5-6H21v4h-3v2h-3v-2h-3.5A4 4 0 0 1 8 16zM7.5 12v0',
  calendar: 'M5 5h14v15H5zM5 10h14M9 3v4M15 3v4',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5z',
} as const
export type IconName = keyof typeof paths

export function Icon({ name, className = 'ph-icon' }: { name: IconName; className?: string }) {
  return (
    <svg className={className} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}
