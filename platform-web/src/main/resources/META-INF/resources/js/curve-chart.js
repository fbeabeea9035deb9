// <curve-chart>: live curves over ECharts, which is a static file of the platform.
// setSeries([{name, xy: [x0, y0, x1, y1, …]}]) replaces, extend({name, xy}) adds to its end.

const LIBRARY = 'webjars/echarts/5.5.0/echarts.min.js';
const PALETTE = {
  light: ['#1f7a4d', '#c2571a', '#2f6fb0', '#8a4fa3', '#a08300', '#b3364b'],
  dark: ['#5fd39a', '#f2a065', '#7db8f0', '#cf9be6', '#e6cf5a', '#f08a9b'],
};

let library;
function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = new URL(LIBRARY, document.baseURI).href;
    script.onload = () => resolve(window.echarts);
    script.onerror = () => reject(new Error('The chart library could not be loaded'));
    document.head.append(script);
  });
  return library;
}

// The same name has the same colour in every chart of a page.
const PLACES = { train: 0, validation: 1, test: 2 };

// ECharts mixes colours itself and does not read oklch() or light-dark(); a pixel does.
function rgb(css) {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
  return { css: `rgba(${r},${g},${b},${a / 255})`, light: 0.299 * r + 0.587 * g + 0.114 * b };
}

function pairs(xy) {
  const points = new Array(xy.length / 2);
  for (let i = 0; i < points.length; i++) points[i] = [xy[2 * i], xy[2 * i + 1]];
  return points;
}

class CurveChart extends HTMLElement {
  curves = new Map();
  scheduled = false;

  connectedCallback() {
    if (!this.plot) {
      this.plot = document.createElement('div');
      this.plot.className = 'plot';
      this.append(this.plot);
    }
    this.resizes = new ResizeObserver(() => this.chart?.resize());
    this.resizes.observe(this);
    this.onScheme = () => this.draw();
    this.system = window.matchMedia('(prefers-color-scheme: dark)');
    this.system.addEventListener('change', this.onScheme);
    this.attributes_ = new MutationObserver(this.onScheme);
    this.attributes_.observe(document.documentElement, {
      attributes: true,
      attributeFilter: ['theme', 'style', 'class'],
    });
    loadLibrary().then(
      (echarts) => {
        if (!this.isConnected) return;
        this.chart ??= echarts.init(this.plot);
        this.draw();
      },
      (error) => (this.plot.textContent = error.message),
    );
  }

  disconnectedCallback() {
    this.resizes.disconnect();
    this.attributes_.disconnect();
    this.system.removeEventListener('change', this.onScheme);
    this.chart?.dispose();
    this.chart = undefined;
  }

  setSeries(series) {
    this.curves = new Map(series.map(({ name, xy }) => [name, pairs(xy)]));
    this.draw();
  }

  extend({ name, xy }) {
    const curve = this.curves.get(name) ?? [];
    curve.push(...pairs(xy));
    this.curves.set(name, curve);
    this.draw();
  }

  // Many calls, one drawing per frame.
  draw() {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.chart?.setOption(this.option(), { notMerge: false, replaceMerge: ['series'] });
      this.dataset.points = [...this.curves.values()].reduce((sum, curve) => sum + curve.length, 0);
    });
  }

  option() {
    const text = rgb(getComputedStyle(this).color);
    const dark = text.light > 128;
    const palette = dark ? PALETTE.dark : PALETTE.light;
    const line = dark ? 'rgba(255,255,255,0.14)' : 'rgba(0,0,0,0.10)';
    const axis = {
      nameTextStyle: { color: text.css },
      axisLabel: { color: text.css, hideOverlap: true },
      axisLine: { lineStyle: { color: line } },
      splitLine: { lineStyle: { color: line } },
    };
    return {
      animation: false,
      aria: { enabled: true },
      backgroundColor: 'transparent',
      textStyle: { fontFamily: getComputedStyle(this).fontFamily },
      title: { text: this.chartTitle, textStyle: { color: text.css, fontSize: 14, fontWeight: 600 } },
      legend: { top: 0, right: 0, textStyle: { color: text.css }, icon: 'roundRect' },
      tooltip: {
        trigger: 'axis',
        backgroundColor: dark ? '#26302b' : '#ffffff',
        borderColor: line,
        textStyle: { color: text.css },
        valueFormatter: (value) => (typeof value === 'number' ? value.toPrecision(4) : '–'),
      },
      grid: { left: 8, right: 16, top: 44, bottom: 28, containLabel: true },
      dataZoom: [{ type: 'inside', zoomOnMouseWheel: 'ctrl' }],
      xAxis: { type: 'value', name: this.xName, nameLocation: 'middle', nameGap: 28, min: 'dataMin', max: 'dataMax', ...axis, splitLine: { show: false } },
      yAxis: { type: 'value', scale: true, ...axis },
      series: [...this.curves].map(([name, data], index) => ({
        id: name,
        name,
        color: palette[(PLACES[name] ?? index + 3) % palette.length],
        type: 'line',
        data,
        showSymbol: data.length < 40,
        symbolSize: 5,
        sampling: 'lttb',
        lineStyle: { width: 2 },
        emphasis: { disabled: true },
      })),
    };
  }
}

customElements.define('curve-chart', CurveChart);
