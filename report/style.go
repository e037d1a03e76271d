package report

// style is the page's style sheet. Colours have names, once for light and once
// for dark. Nothing is said by colour alone.
const style = `:root{--bg:#fff;--fg:#1c2024;--soft:#60646c;--line:#e0e3e8;--panel:#f6f7f9;--accent:#2563a8;
--good:#1f7a4d;--calm:#66727f;--elevated:#a15f00;--alarmed:#c2273d;--band-e:#f6c25833;--band-a:#e5484d33}
@media screen and (prefers-color-scheme:dark){:root{--bg:#131518;--fg:#e6e8eb;--soft:#9ba1a9;--line:#2c3036;--panel:#1b1e22;--accent:#7db4f0;
--good:#5fce96;--calm:#8c97a5;--elevated:#f0a53a;--alarmed:#ff6b78;--band-e:#f0a53a2b;--band-a:#ff5d6c30}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 3rem}
section+section{margin-top:4rem;border-top:1px solid var(--line);padding-top:1rem}
h1{font-size:1.6rem;line-height:1.2;margin:.2rem 0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.2rem 0 .8rem}
h3{font-size:1rem;margin:0 0 .6rem;line-height:1.6}
a{color:var(--accent)}
p{margin:.3rem 0}
.kind{margin:0;color:var(--soft);font-size:.85rem}
.lead,.label,.axis,.legend,.notes,.small,.left,footer,figcaption,time,.no{color:var(--soft)}
.lead{overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.6rem;margin:1.2rem 0}
.tile{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}
.tile .value{display:block;font-size:1.35rem;line-height:1.3;font-weight:650}
.tile .label{font-size:.8rem}
.tile.bad .value,.tile.lv-alarmed .value{color:var(--alarmed)}
.tile.lv-elevated .value,.tile.warn .value{color:var(--elevated)}
.tile.good .value{color:var(--good)}
.filter{border:1px solid var(--line);border-radius:.4rem;display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:0 0 .8rem;padding:.4rem .8rem;font-size:.9rem}
.filter legend{color:var(--soft);font-size:.8rem}
a.no{text-decoration:none}a.no:hover,a.no:focus-visible{text-decoration:underline}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
figure{margin:1.2rem 0}
figcaption{font-size:.85rem;margin-bottom:.3rem}
.plot{position:relative;padding:0 0 1rem 2.6rem}
.plot svg{display:block;width:100%;height:11rem;background:var(--panel);border:1px solid var(--line)}
.plot .top,.plot .zero{position:absolute;left:0;width:2.2rem;text-align:right;font-size:.75rem;color:var(--soft)}
.plot .line{position:absolute;left:0;top:calc(50% - 1.1rem);width:2.2rem;text-align:right;font-size:.75rem;color:var(--soft)}
.plot .top{top:0}.plot .zero{bottom:1rem}
svg .limit{fill:none;stroke:var(--alarmed);stroke-width:1;stroke-dasharray:4 3;vector-effect:non-scaling-stroke}
svg .lv-calm{fill:transparent}svg .lv-elevated{fill:var(--band-e)}svg .lv-alarmed{fill:var(--band-a)}
svg .area{fill:var(--accent);opacity:.25}
svg .line{fill:none;stroke:var(--accent);stroke-width:2;vector-effect:non-scaling-stroke}
.pins{position:absolute;left:2.6rem;right:0;bottom:0;height:1.3rem}
.pin{position:absolute;bottom:0;width:1.4rem;height:1.4rem;margin-left:-.7rem;text-decoration:none}
.pin::before{content:"";position:absolute;left:.2rem;top:.2rem;border:.5rem solid transparent;border-top-width:0;border-bottom:.75rem solid var(--alarmed)}
.pin span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.axis{display:flex;justify-content:space-between;margin:0 0 0 2.6rem;font-size:.75rem}
.legend{margin:.4rem 0 0 2.6rem;font-size:.8rem;display:flex;flex-wrap:wrap;gap:.2rem 1rem}
.key::before{content:"";display:inline-block;width:.8rem;height:.8rem;margin-right:.35rem;border:1px solid var(--line);vertical-align:-.08rem}
.key.lv-elevated::before{background:var(--band-e)}.key.lv-alarmed::before{background:var(--band-a)}
.key.limit::before{width:1.2rem;height:0;border:0;border-top:1px dashed var(--alarmed);vertical-align:.25rem}
.key.mark::before{border:.4rem solid transparent;border-top-width:0;border-bottom:.7rem solid var(--alarmed);width:0;height:0}
code,pre{font:.85rem/1.45 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{margin:.3rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.chip{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .55rem;font-size:.78rem;line-height:1.4rem;font-weight:600;text-decoration:none}
.chip.lv-calm{color:var(--calm)}.chip.lv-elevated{color:var(--elevated)}.chip.lv-alarmed,.chip.verdict{color:var(--alarmed)}
.outcome{font-size:.8rem;color:var(--soft);border:1px dashed var(--line);border-radius:.3rem;padding:0 .35rem}
.pause{border:1px solid var(--line);border-left:.3rem solid var(--alarmed);border-radius:.4rem;padding:.8rem 1rem;margin:0 0 1rem;scroll-margin-top:1rem}
.pause pre{background:var(--panel);padding:.6rem .7rem;border-radius:.3rem;max-height:24rem;overflow:auto}
dl{margin:.7rem 0 0;font-size:.9rem}
dl div{display:grid;grid-template-columns:7rem 1fr;gap:.6rem;padding:.15rem 0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
dd p{margin:0}dd p+p{margin-top:.25rem}
.step{display:grid;grid-template-columns:3rem 1fr;gap:.6rem;padding:.45rem 0;border-bottom:1px solid var(--line);scroll-margin-top:1rem}
.step p{margin:0}
.small{font-size:.85rem}
.step pre{color:var(--soft);max-height:9rem;overflow:auto}
.step .no{text-align:right;font-variant-numeric:tabular-nums;border-right:.2rem solid var(--line);padding-right:.5rem}
.step.lv-elevated .no{border-color:var(--elevated)}.step.lv-alarmed .no{border-color:var(--alarmed)}
.step.held{background:var(--panel)}
.step:target,.pause:target{outline:2px solid var(--accent)}
time{font-variant-numeric:tabular-nums;font-size:.85rem}
details{border-bottom:1px solid var(--line);padding:.4rem 0}
summary{cursor:pointer;color:var(--soft);font-size:.9rem;padding-left:.4rem}
.overview{border-collapse:collapse;width:100%;font-size:.9rem}
.overview th,.overview td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);white-space:nowrap}
.overview td:first-child{white-space:normal;overflow-wrap:anywhere;width:100%}
.overview+section{margin-top:3rem}
.notes{font-size:.9rem;padding-left:1.2rem}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem;font-size:.85rem}
@media (max-width:34rem){body{font-size:15px}dl div{grid-template-columns:1fr;gap:0;padding:.3rem 0}.tiles{grid-template-columns:1fr 1fr}.tile .value{font-size:1.2rem}.step{grid-template-columns:2.2rem 1fr}
.plot svg{height:8rem}}
@media print{details>*{display:block}details::details-content{content-visibility:visible;block-size:auto}.filter{display:none}
.step,.tile,figure,.pause{break-inside:avoid}h2,h3{break-after:avoid}.pause pre,.step pre{max-height:none}.plot,.key{print-color-adjust:exact}}
`
